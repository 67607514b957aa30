package io.sinew.log;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/// What a compaction has to know of a partition and the log does not.
///
/// @param lastStableOffset nothing from here on is touched: its transactions may be open
/// @param lastOffsets for each producer that the partition remembers, the last offset of its last
///   batch
/// @param aborts the aborted transactions
public record CompactionFacts(long lastStableOffset, Map<Long, Long> lastOffsets, Aborts aborts) {
    public CompactionFacts {
        lastOffsets = Map.copyOf(lastOffsets);
    }

    /// An aborted transaction: what its producer wrote into it from the one offset on up to the
    /// other, at which its marker stands.
    public record Aborted(long producerId, long firstOffset, long markerOffset) {}

    /// Finds aborted transactions.
    public interface Aborts {
        /// Those that end at or behind `from` and begin before `upTo`, in any order.
        List<Aborted> between(long from, long upTo) throws IOException;

        /// For partitions that know no transactions.
        static Aborts none() {
            return (from, upTo) -> List.of();
        }
    }
}
