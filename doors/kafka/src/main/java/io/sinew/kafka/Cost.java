package io.sinew.kafka;

/// What a request has cost by the time that its answer is waited for.
///
/// @param clientId who is charged
/// @param sizeBytes the request's, without the length before it
/// @param handledNanos time that its handler took
record Cost(String clientId, int sizeBytes, long handledNanos) {
    static final Cost NONE = new Cost("", 0, 0);
}
