package io.sinew.http;

/// The bounds of the HTTP door.
///
/// @param maxConnections open at a time, of which each may wait for messages; more wait to be
///   taken. One that waits costs a file descriptor, some 50 KB (a virtual thread, Helidon's
///   buffers) and about 0.1 ms of a processor's time for each look at it
/// @param maxRequestLineBytes of `GET /path HTTP/1.1`; beyond it the request is refused
/// @param maxHeadersBytes of all header lines together; beyond it the request is refused
/// @param maxBodyBytes of a request's body, unless its route takes messages; beyond it the request
///   is refused
/// @param readTimeoutMs how long a connection may send nothing, between two requests and within one
/// @param closeMs how long requests under way may take when the door closes
record HttpLimits(
        int maxConnections,
        int maxRequestLineBytes,
        int maxHeadersBytes,
        int maxBodyBytes,
        int readTimeoutMs,
        int closeMs) {
    /// Bytes of a body with messages.
    static final int MESSAGES_BODY_BYTES = 16 << 20;

    /// Bytes of all bodies together that are being read or worked on; beyond it requests are
    /// refused and may be made again.
    static final int ALL_BODIES_BYTES = 64 << 20;

    /// Objects and arrays in each other in a body.
    static final int JSON_DEPTH = 16;

    /// Tokens in a body: each becomes an object of some 50 bytes.
    static final int JSON_TOKENS = 1_000_000;

    /// Characters of a member's name in a body, which may be the name of a header.
    static final int JSON_NAME_CHARS = 1_024;

    /// Bytes of messages in one answer, more or less: at least one message is in it.
    static final int ANSWER_BYTES = 8 << 20;

    /// Messages that are taken from a queue at a time until an answer is full. A message has 1 MiB
    /// unless its topic allows for more.
    static final int TAKEN_AT_ONCE = 16;

    /// Messages that somebody looks at in one request without taking them.
    static final int LOOKED_AT = 100;

    /// The longest wait for messages, in ms. What is between the door and the client often gives up
    /// on silent connections after a minute.
    static final int WAIT_MS = 60_000;

    /// How often it is looked at whether a client that waits is still there, in ms. It is also how
    /// long a door that closes waits for those who wait.
    static final int WATCH_MS = 1_000;

    /// How long a request waits until a queue that was just opened is served, in ms.
    static final int SERVE_MS = 10_000;

    /// Dead letters that one request sends again.
    static final int REDRIVE = 10_000;

    /// How long one request sends dead letters again, in ms; then it says that it has not finished.
    static final int REDRIVE_MS = 20_000;

    static HttpLimits defaults() {
        return new HttpLimits(2_000, 4 << 10, 8 << 10, 64 << 10, 30_000, 500);
    }
}
