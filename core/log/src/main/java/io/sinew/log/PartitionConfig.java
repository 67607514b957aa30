package io.sinew.log;

import io.sinew.base.Check;

/// How one partition is kept on disk. The names are those of Kafka's topic configs with the same
/// meaning.
///
/// @param segmentBytes `segment.bytes`
/// @param segmentMs `segment.ms`
/// @param indexIntervalBytes `index.interval.bytes`
public record PartitionConfig(int segmentBytes, long segmentMs, int indexIntervalBytes) {
    public PartitionConfig {
        Check.that(segmentBytes > 0, "segment.bytes is positive");
        Check.that(segmentMs > 0, "segment.ms is positive");
        Check.that(indexIntervalBytes >= 0, "index.interval.bytes is not negative");
    }

    public static PartitionConfig defaults() {
        return new PartitionConfig(1 << 30, 7L * 24 * 60 * 60 * 1000, 32 << 10);
    }
}
