package io.sinew.queue;

/// Where a message went. It is durable.
///
/// @param duplicate whether another with its dedupe id was there already: then partition and offset
///   are that one's, and nothing was sent
public record Sent(int partition, long offset, boolean duplicate) {}
