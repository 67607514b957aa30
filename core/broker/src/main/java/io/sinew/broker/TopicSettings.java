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
    public static final String COMPRESSION_TYPE = "compression.type";
    public static final String DELETE_RETENTION_MS = "delete.retention.ms";
    public static final String GZIP_LEVEL = "compression.gzip.level";
    public static final String INDEX_INTERVAL_BYTES = "index.interval.bytes";
    public static final String LZ4_LEVEL = "compression.lz4.level";
    public static final String MAX_COMPACTION_LAG_MS = "max.compaction.lag.ms";
    public static final String MAX_MESSAGE_BYTES = "max.message.bytes";
    public static final String MIN_CLEANABLE_DIRTY_RATIO = "min.cleanable.dirty.ratio";
    public static final String MIN_COMPACTION_LAG_MS = "min.compaction.lag.ms";
    public static final String TIMESTAMP_AFTER_MAX_MS = "message.timestamp.after.max.ms";
    public static final String TIMESTAMP_BEFORE_MAX_MS = "message.timestamp.before.max.ms";
    public static final String TIMESTAMP_TYPE = "message.timestamp.type";
    public static final String RETENTION_BYTES = "retention.bytes";
    public static final String RETENTION_MS = "retention.ms";
    public static final String SEGMENT_BYTES = "segment.bytes";
    public static final String SEGMENT_MS = "segment.ms";
    public static final String ZSTD_LEVEL = "compression.zstd.level";

    private static final String FOLLOWER_THROTTLE = "follower.replication.throttled.replicas";
    private static final String LEADER_THROTTLE = "leader.replication.throttled.replicas";
    private static final String REMOTE_COPY_DISABLE = "remote.log.copy.disable";
    private static final String REMOTE_DELETE = "remote.log.delete.on.disable";
    private static final String REMOTE_STORAGE = "remote.storage.enable";

    /// Those that no broker setting gives a default to, in Kafka neither.
    private static final Set<String> WITHOUT_BROKER_DEFAULT =
            Set.of(
                    FOLLOWER_THROTTLE,
                    LEADER_THROTTLE,
                    REMOTE_COPY_DISABLE,
                    REMOTE_DELETE,
                    REMOTE_STORAGE);

    private static final List<Setting> ALL =
            List.of(
                    Setting.ofList(
                            CLEANUP_POLICY,
                            "delete",
                            Set.of("delete", "compact"),
                            "What happens to old records: `delete` drops them by age and size;"
                                    + " `compact` keeps the last of each key, and takes no record"
                                    + " without one."),
                    Setting.ofInt(
                            GZIP_LEVEL,
                            -1,
                            -1,
                            9,
                            "Level for `compression.type=gzip`; -1: gzip's own."),
                    Setting.ofInt(
                            LZ4_LEVEL,
                            9,
                            1,
                            17,
                            "Level for `compression.type=lz4`; 9: the quick way."),
                    Setting.ofWord(
                            COMPRESSION_TYPE,
                            "producer",
                            Set.of("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"),
                            "How batches are stored: `producer` keeps what the producer chose;"
                                    + " anything else packs them anew where they are packed"
                                    + " otherwise."),
                    Setting.ofInt(
                            ZSTD_LEVEL, 3, -131_072, 22, "Level for `compression.type=zstd`."),
                    Setting.ofLong(
                            DELETE_RETENTION_MS,
                            DAY_MS,
                            0,
                            "How long a compacted topic keeps tombstones, from the first compaction"
                                    + " that meets them."),
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
                    Setting.ofWords(
                            FOLLOWER_THROTTLE,
                            "Replicas whose copying is slowed down." + NO_EFFECT),
                    Setting.ofInt(
                            INDEX_INTERVAL_BYTES,
                            32 << 10,
                            0,
                            Integer.MAX_VALUE,
                            "Bytes between two entries of a segment's index."),
                    Setting.ofWords(
                            LEADER_THROTTLE,
                            "Replicas from which copying is slowed down." + NO_EFFECT),
                    Setting.ofLong(
                            "local.retention.bytes",
                            -2,
                            -2,
                            "Bytes kept beside remote storage; -2: as `retention.bytes`."
                                    + NO_EFFECT),
                    Setting.ofLong(
                            "local.retention.ms",
                            -2,
                            -2,
                            "Time kept beside remote storage; -2: as `retention.ms`." + NO_EFFECT),
                    Setting.ofLong(
                            MAX_COMPACTION_LAG_MS,
                            Long.MAX_VALUE,
                            1,
                            "Longest time a record stays uncompacted; a compaction is due then,"
                                    + " however little is dirty."),
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
                            MIN_CLEANABLE_DIRTY_RATIO,
                            "0.5",
                            "Share of uncompacted bytes at which compaction begins."),
                    Setting.ofLong(
                            MIN_COMPACTION_LAG_MS,
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
                    Setting.ofBoolean(
                            REMOTE_COPY_DISABLE,
                            false,
                            "Whether nothing more goes to remote storage." + NO_EFFECT),
                    Setting.ofBoolean(
                            REMOTE_DELETE,
                            false,
                            "Whether remote storage is cleared when it is turned off." + NO_EFFECT),
                    Setting.ofOff(
                            REMOTE_STORAGE,
                            "Sinew has no remote storage: what a topic holds is on its own disk."),
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

    /// Whether a broker setting can give topics their default for this one.
    static boolean hasBrokerDefault(String name) {
        return !WITHOUT_BROKER_DEFAULT.contains(name);
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
                                                + near(name)
                                                        .map(near -> "; did you mean " + near + "?")
                                                        .orElse("")))
                        .check(value));
    }

    /// What was meant by a name that there is not: the topic setting that the broker has under that
    /// name, or one that is written alike.
    private static Optional<String> near(String name) {
        return BY_NAME.keySet().stream()
                .filter(known -> BrokerSettings.synonym(known).filter(name::equals).isPresent())
                .findFirst()
                .or(() -> NearName.of(name, BY_NAME.keySet()));
    }
}
