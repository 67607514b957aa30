package io.sinew.http;

/// The bounds of the HTTP door.
///
/// @param maxConnections open at a time; more wait to be taken
/// @param maxRequestLineBytes of `GET /path HTTP/1.1`; beyond it the request is refused
/// @param maxHeadersBytes of all header lines together; beyond it the request is refused
/// @param maxBodyBytes of a request's body; beyond it the request is refused
/// @param readTimeoutMs how long a connection may send nothing, between two requests and within one
/// @param closeMs how long requests under way may take when the door closes
record HttpLimits(
        int maxConnections,
        int maxRequestLineBytes,
        int maxHeadersBytes,
        int maxBodyBytes,
        int readTimeoutMs,
        int closeMs) {
    static HttpLimits defaults() {
        return new HttpLimits(256, 4 << 10, 8 << 10, 64 << 10, 30_000, 500);
    }
}
