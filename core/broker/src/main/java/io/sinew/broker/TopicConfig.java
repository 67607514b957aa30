package io.sinew.broker;

import io.sinew.log.Compression;
import io.sinew.log.Packing;
import io.sinew.log.PartitionConfig;
import io.sinew.log.RecordRules;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A topic's settings as they are in force: its own where it has them, else the broker's. Parsed
/// once, because every produce asks.
///
/// @param maxBatchBytes `max.message.bytes`
/// @param logAppendTime `message.timestamp.type=LogAppendTime`
/// @param timestampBeforeMaxMs `message.timestamp.before.max.ms`
/// @param timestampAfterMaxMs `message.timestamp.after.max.ms`
/// @param retentionMs `retention.ms`; -1 for ever
/// @param retentionBytes `retention.bytes`; -1 without limit
/// @param deletes whether `cleanup.policy` has `delete`
/// @param compacts whether `cleanup.policy` has `compact`
/// @param packing `compression.type`; empty for `producer`
public record TopicConfig(
        int maxBatchBytes,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        long retentionMs,
        long retentionBytes,
        boolean deletes,
        boolean compacts,
        Optional<Packing> packing,
        PartitionConfig partition) {

    static TopicConfig of(Map<String, String> own, BrokerSettings broker) {
        var values = new Values(own, broker);
        List<String> policies = Setting.words(values.text(TopicSettings.CLEANUP_POLICY));
        return new TopicConfig(
                Math.toIntExact(values.number(TopicSettings.MAX_MESSAGE_BYTES)),
                values.text(TopicSettings.TIMESTAMP_TYPE).equals("LogAppendTime"),
                values.number(TopicSettings.TIMESTAMP_BEFORE_MAX_MS),
                values.number(TopicSettings.TIMESTAMP_AFTER_MAX_MS),
                values.number(TopicSettings.RETENTION_MS),
                values.number(TopicSettings.RETENTION_BYTES),
                policies.contains("delete"),
                policies.contains("compact"),
                packing(values),
                new PartitionConfig(
                        Math.toIntExact(values.number(TopicSettings.SEGMENT_BYTES)),
                        values.number(TopicSettings.SEGMENT_MS),
                        Math.toIntExact(values.number(TopicSettings.INDEX_INTERVAL_BYTES))));
    }

    private static Optional<Packing> packing(Values values) {
        String type = values.text(TopicSettings.COMPRESSION_TYPE);
        return switch (type) {
            case "gzip" -> Optional.of(values.packing(Compression.GZIP, TopicSettings.GZIP_LEVEL));
            case "lz4" -> Optional.of(values.packing(Compression.LZ4, TopicSettings.LZ4_LEVEL));
            case "zstd" -> Optional.of(values.packing(Compression.ZSTD, TopicSettings.ZSTD_LEVEL));
            case "snappy" -> Optional.of(new Packing(Compression.SNAPPY, 0));
            case "uncompressed" -> Optional.of(new Packing(Compression.NONE, 0));
            default -> Optional.empty();
        };
    }

    /// What is asked of records that come in at `nowMs`. The broker's own time on them is always
    /// right; a producer's is within bounds (KIP-937).
    RecordRules recordRules(long nowMs) {
        boolean anyTime = logAppendTime;
        long oldestMs =
                anyTime || timestampBeforeMaxMs == Long.MAX_VALUE
                        ? Long.MIN_VALUE
                        : nowMs - timestampBeforeMaxMs;
        long latestMs =
                anyTime || timestampAfterMaxMs > Long.MAX_VALUE - nowMs
                        ? Long.MAX_VALUE
                        : nowMs + timestampAfterMaxMs;
        return new RecordRules(compacts, oldestMs, latestMs, packing, maxBatchBytes);
    }

    private record Values(Map<String, String> own, BrokerSettings broker) {
        String text(String name) {
            String value = own.get(name);
            return value != null ? value : broker.ofTopics(name);
        }

        long number(String name) {
            return Long.parseLong(text(name).strip());
        }

        Packing packing(Compression codec, String levelName) {
            return new Packing(codec, Math.toIntExact(number(levelName)));
        }
    }
}
