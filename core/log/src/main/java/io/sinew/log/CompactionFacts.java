package io.sinew.log;

import java.util.Map;

/// What a compaction has to know of a partition and the log does not.
///
/// @param lastStableOffset nothing from here on is touched: its transactions may be open, or their
///   ends not durable
/// @param lastOffsets for each producer that the partition remembers, the last offset of its last
///   batch
public record CompactionFacts(long lastStableOffset, Map<Long, Long> lastOffsets) {
    public CompactionFacts {
        lastOffsets = Map.copyOf(lastOffsets);
    }
}
