package io.sinew.broker;

/// An idempotent producer as a partition remembers it (`DescribeProducers`).
///
/// @param lastSequence sequence of its last record; -1 when it sent none with this epoch
/// @param lastAppendMs time of its last append
/// @param coordinatorEpoch of the last marker; -1 without one
/// @param openedAt offset at which its open transaction begins; -1 when none is open
public record IdempotentProducer(
        long id,
        short epoch,
        int lastSequence,
        long lastAppendMs,
        int coordinatorEpoch,
        long openedAt) {}
