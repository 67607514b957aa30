package io.sinew.broker;

/// An idempotent producer as a partition remembers it (`DescribeProducers`).
///
/// @param lastSequence sequence of its last record
/// @param lastAppendMs time of its last append
public record IdempotentProducer(long id, short epoch, int lastSequence, long lastAppendMs) {}
