package io.sinew.broker;

import io.sinew.log.CompactionConfig;
import io.sinew.log.PartitionConfig;
import java.util.List;
import java.util.Map;

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
/// @param compaction how it compacts, if it does
public record TopicConfig(
        int maxBatchBytes,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        long retentionMs,
        long retentionBytes,
        boolean deletes,
        boolean compacts,
        CompactionConfig compaction,
        PartitionConfig partition) {

    static TopicConfig of(Map<String, String> own, BrokerSettings broker) {
        var values = new Values(own, broker);
        List<String> policy = Setting.words(values.text(TopicSettings.CLEANUP_POLICY));
        boolean compacts = policy.contains("compact");
        var compaction =
                new CompactionConfig(
                        values.number(TopicSettings.DELETE_RETENTION_MS),
                        values.number(TopicSettings.MIN_COMPACTION_LAG_MS),
                        values.number(TopicSettings.MAX_COMPACTION_LAG_MS),
                        values.ratio(TopicSettings.MIN_CLEANABLE_DIRTY_RATIO));
        long segmentMs = values.number(TopicSettings.SEGMENT_MS);
        return new TopicConfig(
                Math.toIntExact(values.number(TopicSettings.MAX_MESSAGE_BYTES)),
                values.text(TopicSettings.TIMESTAMP_TYPE).equals("LogAppendTime"),
                values.number(TopicSettings.TIMESTAMP_BEFORE_MAX_MS),
                values.number(TopicSettings.TIMESTAMP_AFTER_MAX_MS),
                values.number(TopicSettings.RETENTION_MS),
                values.number(TopicSettings.RETENTION_BYTES),
                policy.contains("delete"),
                compacts,
                compaction,
                new PartitionConfig(
                        Math.toIntExact(values.number(TopicSettings.SEGMENT_BYTES)),
                        // What is in a segment that is not full yet can't be compacted.
                        compacts ? Math.min(segmentMs, compaction.maxLagMs()) : segmentMs,
                        Math.toIntExact(values.number(TopicSettings.INDEX_INTERVAL_BYTES))));
    }

    private record Values(Map<String, String> own, BrokerSettings broker) {
        String text(String name) {
            String value = own.get(name);
            return value != null ? value : broker.ofTopics(name);
        }

        long number(String name) {
            return Long.parseLong(text(name).strip());
        }

        double ratio(String name) {
            return Double.parseDouble(text(name).strip());
        }
    }
}
