package io.sinew.kafka;

/// The bounds of the Kafka door.
///
/// @param maxRequestBytes `socket.request.max.bytes`: a larger request ends its connection
/// @param maxConnections `max.connections`: more are closed as they come
/// @param maxIdleMs `connections.max.idle.ms`: a connection without a request for this long is
///   closed
/// @param maxInFlight requests of one connection that may wait for their answers; beyond it the
///   connection is not read
/// @param requestReadMs how long the rest of a request may take once it has begun
/// @param requestBufferBytes memory for requests that are being read, all connections together;
///   more wait
/// @param fetchMaxBytes `fetch.max.bytes`
record DoorLimits(
        int maxRequestBytes,
        int maxConnections,
        long maxIdleMs,
        int maxInFlight,
        long requestReadMs,
        long requestBufferBytes,
        int fetchMaxBytes) {
    static final int MAX_IN_FLIGHT = 100;
    static final long REQUEST_READ_MS = 30_000;
    static final long REQUEST_BUFFER_BYTES = 256L << 20;
}
