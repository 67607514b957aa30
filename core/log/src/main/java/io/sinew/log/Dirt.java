package io.sinew.log;

import java.io.IOException;

/// How much of a partition is not compacted yet and could be.
///
/// @param from the first offset that is dirty: everything before it was compacted together
/// @param upTo the offset that a compaction can reach now
/// @param cleanBytes of the segments before
/// @param dirtyBytes of the segments in between
/// @param overdue whether something in there has waited for longer than it may
///   (`max.compaction.lag.ms`)
public record Dirt(long from, long upTo, long cleanBytes, long dirtyBytes, boolean overdue) {

    /// Looks at the full segments of a partition, up to what a checkpoint knows to be full and
    /// synced.
    ///
    /// @param lastStableOffset as in [CompactionFacts]
    public static Dirt of(
            PartitionLog log, CompactionConfig config, long lastStableOffset, long nowMs)
            throws IOException {
        long from = Math.max(log.compactedOffset(), log.logStartOffset());
        long clean = 0;
        long dirty = 0;
        long upTo = from;
        boolean overdue = false;
        for (SegmentRange range : SegmentRange.upTo(lastStableOffset, log)) {
            Segment segment = range.segment();
            if (range.end() <= from) {
                clean += segment.sizeBytes();
                continue;
            }
            if (config.minLagMs() > 0 && segment.youngestMs(nowMs) > nowMs - config.minLagMs()) {
                break;
            }
            dirty += segment.sizeBytes();
            upTo = range.end();
            overdue = overdue || isOverdue(segment, config, nowMs);
        }
        return new Dirt(from, upTo, clean, dirty, overdue);
    }

    private static boolean isOverdue(Segment segment, CompactionConfig config, long nowMs)
            throws IOException {
        if (config.maxLagMs() == Long.MAX_VALUE) {
            return false;
        }
        long first = segment.firstTimestamp();
        return first > 0 && first < nowMs - config.maxLagMs();
    }

    /// Share of the bytes that are dirty, from 0 to 1.
    public double ratio() {
        return dirtyBytes == 0 ? 0 : (double) dirtyBytes / (cleanBytes + dirtyBytes);
    }

    /// Whether it is time to compact.
    public boolean isDue(CompactionConfig config) {
        return dirtyBytes > 0 && (overdue || ratio() > config.minDirtyRatio());
    }
}
