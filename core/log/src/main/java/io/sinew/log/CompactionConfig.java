package io.sinew.log;

import io.sinew.base.Check;

/// How a partition is compacted. The names are those of Kafka's topic configs with the same
/// meaning.
///
/// @param deleteRetentionMs `delete.retention.ms`
/// @param minLagMs `min.compaction.lag.ms`
/// @param maxLagMs `max.compaction.lag.ms`
/// @param minDirtyRatio `min.cleanable.dirty.ratio`
public record CompactionConfig(
        long deleteRetentionMs, long minLagMs, long maxLagMs, double minDirtyRatio) {
    public CompactionConfig {
        Check.that(deleteRetentionMs >= 0, "delete.retention.ms is not negative");
        Check.that(minLagMs >= 0, "min.compaction.lag.ms is not negative");
        Check.that(maxLagMs > 0, "max.compaction.lag.ms is positive");
        Check.that(minDirtyRatio >= 0 && minDirtyRatio <= 1, "a ratio is within 0 and 1");
    }

    public static CompactionConfig defaults() {
        return new CompactionConfig(24L * 60 * 60 * 1000, 0, Long.MAX_VALUE, 0.5);
    }
}
