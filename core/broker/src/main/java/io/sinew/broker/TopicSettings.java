package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What can be set for a topic: Kafka's topic configs (its documentation, "Topic Configs"), with
/// its defaults. Those that mean nothing on one node are taken, kept and shown, so that tools
/// written for Kafka work, and have no effect; their meaning says so.
public final class TopicSettings {
    private static final long DAY_MS = 24L * 60 * 60 * 1000;
    private static final String NO_EFFECT = " Kept for Kafka's tools; without effect in Sinew.";

    public static final String CLEANUP_POLICY = "cleanup.policy";
    public static final String INDEX_INTERVAL_BYTES = "index.interval.bytes";
    public static final String MAX_MESSAGE_BYTES = "max.message.bytes";
    public static final String TIMESTAMP_AFTER_MAX_MS = "message.timestamp.after.max.ms";
    public static final String TIMESTAMP_BEFORE_MAX_MS = "message.timestamp.before.max.ms";
    public static final String TIMESTAMP_TYPE = "message.timestamp.type";
    public static final String RETENTION_BYTES = "retention.bytes";
    public static final String RETENTION_MS = "retention.ms";
    public static final String SEGMENT_BYTES = "segment.bytes";
    public static final String SEGMENT_MS = "segment.ms";

    private static final List<Setting> ALL =
            List.of(
                    Setting.ofList(
                            CLEANUP_POLICY,
                            "delete",
                            Set.of("delete", "compact"),
                            "What happens to old records: `delete` drops them by age and size;"
                                    + " `compact` keeps the last of each key (stored and shown;"
                                    + " compaction itself is not built yet, so nothing is dropped)."),
                    Setting.ofWord(
                            "compression.type",
                            "producer",
                            Set.of("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"),
                            "How batches are stored: `producer` keeps what the producer chose, and"
                                    + " is what Sinew does whatever is set."),
                    Setting.ofLong(
                            "delete.retention.ms",
                            DAY_MS,
                            0,
                            "How long a compacted topic keeps deletion markers."),
                    Setting.ofLong(
                            "file.delete.delay.ms",
                            60_000,
                            0,
                            "Delay before files are deleted." + NO_EFFECT),
                    Setting.ofLong(
                            "flush.messages",
                            Long.MAX_VALUE,
                            1,
                            "Records between syncs." + NO_EFFECT + " See `durability`."),
                    Setting.ofLong(
                            "flush.ms",
                            Long.MAX_VALUE,
                            0,
                            "Time between syncs." + NO_EFFECT + " See `durability`."),
                    Setting.ofInt(
                            INDEX_INTERVAL_BYTES,
                            32 << 10,
                            0,
                            Integer.MAX_VALUE,
                            "Bytes between two entries of a segment's index."),
                    Setting.ofLong(
                            "max.compaction.lag.ms",
                            Long.MAX_VALUE,
                            1,
                            "Longest time a record stays uncompacted."),
                    Setting.ofInt(
                            MAX_MESSAGE_BYTES,
                            1_048_588,
                            0,
                            32 << 20,
                            "Largest record batch that is taken, in bytes."),
                    Setting.ofLong(
                            TIMESTAMP_AFTER_MAX_MS,
                            3_600_000,
                            0,
                            "How far ahead of the broker's clock a record's time may be."),
                    Setting.ofLong(
                            TIMESTAMP_BEFORE_MAX_MS,
                            Long.MAX_VALUE,
                            0,
                            "How far behind the broker's clock a record's time may be."),
                    Setting.ofWord(
                            TIMESTAMP_TYPE,
                            "CreateTime",
                            Set.of("CreateTime", "LogAppendTime"),
                            "Whose clock a record's time is from: the producer's, or the broker's."),
                    Setting.ofRatio(
                            "min.cleanable.dirty.ratio",
                            "0.5",
                            "Share of uncompacted bytes at which compaction begins."),
                    Setting.ofLong(
                            "min.compaction.lag.ms",
                            0,
                            0,
                            "Shortest time a record stays uncompacted."),
                    Setting.ofInt(
                            "min.insync.replicas",
                            1,
                            1,
                            Integer.MAX_VALUE,
                            "Replicas that must have a record." + NO_EFFECT),
                    Setting.ofBoolean(
                            "preallocate", false, "Segments are preallocated." + NO_EFFECT),
                    Setting.ofLong(
                            RETENTION_BYTES,
                            -1,
                            -1,
                            "Bytes a partition keeps at least before old segments go; -1: no"
                                    + " limit."),
                    Setting.ofLong(
                            RETENTION_MS,
                            7 * DAY_MS,
                            -1,
                            "How long records are kept at least, in ms; -1: for ever."),
                    Setting.ofInt(
                            SEGMENT_BYTES,
                            1 << 30,
                            1 << 10,
                            Integer.MAX_VALUE,
                            "Size at which a new segment file begins."),
                    Setting.ofInt(
                            "segment.index.bytes",
                            10 << 20,
                            4,
                            Integer.MAX_VALUE,
                            "Size of an index file." + NO_EFFECT),
                    Setting.ofLong("segment.jitter.ms", 0, 0, "Jitter of segment.ms." + NO_EFFECT),
                    Setting.ofLong(
                            SEGMENT_MS, 7 * DAY_MS, 1, "Age at which a new segment file begins."),
                    Setting.ofBoolean(
                            "unclean.leader.election.enable",
                            false,
                            "Whether data may be lost to stay available." + NO_EFFECT));

    private static final Map<String, Setting> BY_NAME =
            ALL.stream()
                    .collect(
                            Collectors.toMap(
                                    Setting::name,
                                    Function.identity(),
                                    (first, _) -> first,
                                    LinkedHashMap::new));

    private TopicSettings() {}

    /// All there are, by name.
    public static List<Setting> all() {
        return ALL;
    }

    public static Optional<Setting> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /// Refuses names that there are not and values that they can't have.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    static void check(Map<String, String> values) {
        values.forEach((name, value) ->
                named(name)
                        .orElseThrow(() ->
                                new SinewException(
                                        ErrorCode.INVALID_CONFIG,
                                        "Unknown topic config name: "
                                                + Quote.of(name)
                                                + NearName.of(name, BY_NAME.keySet())
                                                        .map(near -> "; did you mean " + near + "?")
                                                        .orElse("")))
                        .check(value));
    }
}
