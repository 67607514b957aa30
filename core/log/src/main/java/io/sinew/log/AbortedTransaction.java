package io.sinew.log;

/// An aborted transaction in one partition, for readers of committed records: they skip what the
/// producer wrote from the first offset on up to the marker.
///
/// @param firstOffset of its first record
/// @param markerOffset of the control batch that ended it
/// @param lastStableOffset of the partition right after the marker: transactions that end later
///   begin there or behind it
public record AbortedTransaction(
        long producerId, long firstOffset, long markerOffset, long lastStableOffset) {}
