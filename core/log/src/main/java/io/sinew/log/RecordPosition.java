package io.sinew.log;

/// Where a record stands.
///
/// @param timestamp ms since 1970
/// @param leaderEpoch of the batch that holds it
public record RecordPosition(long offset, long timestamp, int leaderEpoch) {}
