package io.sinew.kafka;

import io.sinew.broker.BrokerSettings;

/// The bounds of the Kafka door.
///
/// @param maxRequestBytes `socket.request.max.bytes`: a larger request ends its connection
/// @param maxConnections `max.connections`: more are closed as they come
/// @param maxIdleMs `connections.max.idle.ms`: a connection without a request for this long is
///   closed
/// @param maxInFlight requests of one connection that may wait for their answers; beyond it the
///   connection is not read
/// @param requestReadMs how long a client may be silent within a request
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
    private static final int MAX_IN_FLIGHT = 100;
    private static final long REQUEST_READ_MS = 30_000;
    private static final long REQUEST_BUFFER_BYTES = 256L << 20;

    /// Memory outside the heap is limited to the heap's own limit, if nothing else is said.
    private static final long REQUEST_BUFFER_MAX_BYTES = Runtime.getRuntime().maxMemory() / 2;

    /// The bounds that are set, and defaults for those that can't be.
    static DoorLimits of(BrokerSettings settings) {
        return new DoorLimits(
                settings.intValue(BrokerSettings.SOCKET_REQUEST_MAX_BYTES),
                settings.intValue(BrokerSettings.MAX_CONNECTIONS),
                settings.longValue(BrokerSettings.CONNECTIONS_MAX_IDLE_MS),
                MAX_IN_FLIGHT,
                REQUEST_READ_MS,
                Math.min(REQUEST_BUFFER_BYTES, REQUEST_BUFFER_MAX_BYTES),
                settings.intValue(BrokerSettings.FETCH_MAX_BYTES));
    }
}
