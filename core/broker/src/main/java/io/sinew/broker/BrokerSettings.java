package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.ConsumerGroupLimits;
import io.sinew.groups.GroupLimits;
import io.sinew.groups.StreamsGroupLimits;
import io.sinew.log.LogLimits;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The broker's settings: what was set, and defaults for the rest. Names are those of Kafka's
/// broker configs; a broker setting that gives topics their default has Kafka's name for that too
/// (`log.retention.ms` for `retention.ms`). `durability` is Sinew's own.
public final class BrokerSettings {
    public static final String AUTO_CREATE_TOPICS = "auto.create.topics.enable";
    public static final String CONNECTIONS_MAX_IDLE_MS = "connections.max.idle.ms";
    public static final String DELETE_TOPICS = "delete.topic.enable";
    public static final String DURABILITY = "durability";
    public static final String FETCH_MAX_BYTES = "fetch.max.bytes";
    public static final String MAX_CONNECTIONS = "max.connections";
    public static final String MAX_PARTITIONS = "max.partitions";
    public static final String NODE_ID = "node.id";
    public static final String NUM_PARTITIONS = "num.partitions";
    public static final String PRODUCER_ID_EXPIRATION_MS = "producer.id.expiration.ms";
    public static final String QUOTA_WINDOWS = "quota.window.num";
    public static final String QUOTA_WINDOW_SECONDS = "quota.window.size.seconds";
    public static final String REPLICATION_FACTOR = "default.replication.factor";
    public static final String RETENTION_CHECK_MS = "log.retention.check.interval.ms";
    public static final String SOCKET_REQUEST_MAX_BYTES = "socket.request.max.bytes";

    private static final List<Setting> OWN =
            List.of(
                    Setting.ofBoolean(
                            AUTO_CREATE_TOPICS,
                            true,
                            "Whether a topic that a client names is created when there is none."),
                    Setting.ofLong(
                            CONNECTIONS_MAX_IDLE_MS,
                            600_000,
                            1,
                            "A connection without a request for this long is closed."),
                    Setting.ofInt(
                            REPLICATION_FACTOR,
                            1,
                            1,
                            Short.MAX_VALUE,
                            "Taken for Kafka's tools; there is one replica whatever is asked for."),
                    Setting.ofBoolean(
                            DELETE_TOPICS, true, "Whether topics can be deleted by clients."),
                    Setting.ofWord(
                            DURABILITY,
                            "fsync",
                            Set.of("fsync", "os"),
                            "What an acknowledgement promises: `fsync`, the data survives a power"
                                    + " failure; `os`, it survives a crash of the process only, as"
                                    + " with Apache Kafka's defaults."),
                    Setting.ofInt(
                            FETCH_MAX_BYTES,
                            57_671_680,
                            1024,
                            Integer.MAX_VALUE,
                            "Bytes that one fetch returns at most."),
                    Setting.ofInt(
                            "group.initial.rebalance.delay.ms",
                            0,
                            0,
                            Integer.MAX_VALUE,
                            "How long the first rebalance of an empty group waits for more members"
                                    + " (Kafka: 3000)."),
                    Setting.ofInt(
                            "group.max.session.timeout.ms",
                            1_800_000,
                            1,
                            Integer.MAX_VALUE,
                            "Longest session time-out that a member may ask for."),
                    Setting.ofInt(
                            "group.max.size",
                            10_000,
                            1,
                            Integer.MAX_VALUE,
                            "Members that one consumer group may have."),
                    Setting.ofInt(
                            "group.min.session.timeout.ms",
                            6_000,
                            1,
                            Integer.MAX_VALUE,
                            "Shortest session time-out that a member may ask for."),
                    Setting.ofInt(
                            MAX_CONNECTIONS,
                            10_000,
                            1,
                            Integer.MAX_VALUE,
                            "Connections open at a time; more are closed at once."),
                    Setting.ofInt(
                            MAX_PARTITIONS,
                            200_000,
                            1,
                            Integer.MAX_VALUE,
                            "Partitions of all topics together; Sinew's own bound."),
                    Setting.ofInt(
                            NODE_ID,
                            1,
                            0,
                            Integer.MAX_VALUE,
                            "The id that Kafka clients know this broker by."),
                    Setting.ofInt(
                            NUM_PARTITIONS,
                            1,
                            1,
                            100_000,
                            "Partitions of a topic that is created without saying how many."),
                    Setting.ofInt(
                            "offset.metadata.max.bytes",
                            4_096,
                            0,
                            Integer.MAX_VALUE,
                            "Longest text beside a committed offset."),
                    Setting.ofInt(
                            "offsets.retention.minutes",
                            10_080,
                            1,
                            Integer.MAX_VALUE,
                            "How long offsets are kept after their group has become empty."),
                    Setting.ofLong(
                            PRODUCER_ID_EXPIRATION_MS,
                            86_400_000,
                            1,
                            "How long a partition remembers an idempotent producer that is idle."),
                    Setting.ofInt(
                            QUOTA_WINDOWS,
                            11,
                            1,
                            1_000,
                            "Windows of time that a client's use is counted in for its quotas, the"
                                    + " present one among them."),
                    Setting.ofInt(QUOTA_WINDOW_SECONDS, 1, 1, 3_600, "Length of one such window."),
                    Setting.ofLong(
                            RETENTION_CHECK_MS,
                            300_000,
                            1,
                            "How often old segments are looked for."),
                    Setting.ofInt(
                            SOCKET_REQUEST_MAX_BYTES,
                            104_857_600,
                            1024,
                            Integer.MAX_VALUE - 16,
                            "Largest request; a larger one closes the connection."),
                    Setting.ofInt(
                            "transaction.max.timeout.ms",
                            900_000,
                            1,
                            Integer.MAX_VALUE,
                            "Longest time that a producer may ask for its transactions to take."),
                    Setting.ofLong(
                            "transactional.id.expiration.ms",
                            604_800_000,
                            1,
                            "How long a transactional id is kept that is not used."));

    /// Kafka's broker-wide names for topic settings that are not simply `log.` and the topic's
    /// name.
    private static final Map<String, String> SYNONYMS =
            Map.of(
                    "compression.type", "compression.type",
                    "delete.retention.ms", "log.cleaner.delete.retention.ms",
                    "file.delete.delay.ms", "log.segment.delete.delay.ms",
                    "flush.messages", "log.flush.interval.messages",
                    "flush.ms", "log.flush.interval.ms",
                    "max.message.bytes", "message.max.bytes",
                    "min.insync.replicas", "min.insync.replicas",
                    "segment.ms", "log.roll.ms",
                    "segment.jitter.ms", "log.roll.jitter.ms",
                    "unclean.leader.election.enable", "unclean.leader.election.enable");

    private static final Map<String, String> MORE_SYNONYMS =
            Map.of(
                    "compression.gzip.level", "compression.gzip.level",
                    "compression.lz4.level", "compression.lz4.level",
                    "compression.zstd.level", "compression.zstd.level",
                    "max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms",
                    "min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio",
                    "min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms",
                    "segment.index.bytes", "log.index.size.max.bytes");

    /// A name under which a setting in milliseconds is given in another unit.
    private record OtherUnit(String name, String msName, long unitMs) {}

    /// Kafka's, and in its order: where several are set the earlier wins, and milliseconds over
    /// all.
    private static final List<OtherUnit> OTHER_UNITS =
            List.of(
                    new OtherUnit("log.retention.minutes", "log.retention.ms", 60_000),
                    new OtherUnit("log.retention.hours", "log.retention.ms", 3_600_000),
                    new OtherUnit("log.roll.hours", "log.roll.ms", 3_600_000));

    private static final Map<String, Setting> KNOWN = known();

    private final Map<String, String> values;

    private BrokerSettings(Map<String, String> values) {
        this.values = values;
    }

    public static BrokerSettings defaults() {
        return of(Map.of());
    }

    /// Checks and takes settings by name.
    ///
    /// @throws SinewException `INVALID_CONFIG`, naming what is near an unknown name
    public static BrokerSettings of(Map<String, String> set) {
        var rest = new TreeMap<>(set);
        var values = new TreeMap<String, String>();
        for (OtherUnit unit : OTHER_UNITS) {
            String value = rest.remove(unit.name());
            if (value != null) {
                values.putIfAbsent(unit.msName(), inMs(unit, value));
            }
        }
        values.putAll(rest);
        values.forEach((name, value) -> setting(name).check(value));
        var settings = new BrokerSettings(values);
        // These know of bounds between two settings.
        settings.groupLimits();
        settings.consumerGroupLimits();
        settings.streamsGroupLimits();
        return settings;
    }

    private static String inMs(OtherUnit unit, String value) {
        try {
            long number = Long.parseLong(value.strip());
            return Long.toString(number < 0 ? number : Math.multiplyExact(number, unit.unitMs()));
        } catch (NumberFormatException | ArithmeticException e) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "Invalid value "
                            + Quote.of(value)
                            + " for configuration "
                            + unit.name()
                            + ": must be a whole number up to "
                            + Long.MAX_VALUE / unit.unitMs(),
                    e);
        }
    }

    private static Map<String, Setting> known() {
        var known = new LinkedHashMap<String, Setting>();
        for (Setting setting : OWN) {
            known.put(setting.name(), setting);
        }
        for (Setting setting : ConsumerGroupSettings.ALL) {
            known.put(setting.name(), setting);
        }
        for (Setting setting : StreamsGroupSettings.ALL) {
            known.put(setting.name(), setting);
        }
        for (Setting topic : TopicSettings.all()) {
            synonym(topic.name()).ifPresent(name -> known.put(name, forTopics(name, topic)));
        }
        return known;
    }

    /// The broker setting that is a topic setting's default.
    private static Setting forTopics(String name, Setting topic) {
        return new Setting(
                name,
                topic.type(),
                topic.defaultValue(),
                topic.least(),
                topic.most(),
                topic.allowed(),
                "For topics that do not set `" + topic.name() + "`: " + topic.meaning());
    }

    /// All broker settings there are.
    public static List<Setting> all() {
        return List.copyOf(KNOWN.values());
    }

    /// Names that are taken as well and mean another setting in another unit: `log.retention.hours`
    /// for `log.retention.ms`.
    ///
    /// @return the other setting, by name
    public static Map<String, String> otherUnits() {
        var names = new LinkedHashMap<String, String>();
        OTHER_UNITS.forEach(unit -> names.put(unit.name(), unit.msName()));
        return names;
    }

    private static Set<String> names() {
        var names = new LinkedHashSet<>(KNOWN.keySet());
        OTHER_UNITS.forEach(unit -> names.add(unit.name()));
        return names;
    }

    /// The broker-wide name of a topic setting; none where the broker has no say in it.
    public static Optional<String> synonym(String topicSetting) {
        if (!TopicSettings.hasBrokerDefault(topicSetting)) {
            return Optional.empty();
        }
        String special = SYNONYMS.getOrDefault(topicSetting, MORE_SYNONYMS.get(topicSetting));
        return Optional.of(special != null ? special : "log." + topicSetting);
    }

    private static Setting setting(String name) {
        Setting setting = KNOWN.get(name);
        if (setting != null) {
            return setting;
        }
        throw new SinewException(
                ErrorCode.INVALID_CONFIG,
                "There is no setting "
                        + Quote.of(name)
                        + NearName.of(name, names())
                                .map(known -> "; did you mean " + known + "?")
                                .orElse(".")
                        + " docs/configuration.md lists all of them");
    }

    /// What was set, by name.
    public Map<String, String> values() {
        return values;
    }

    public String text(String name) {
        String value = values.get(name);
        return value != null ? value : setting(name).defaultValue();
    }

    /// What a topic setting is for topics that do not set it.
    public String ofTopics(String topicSetting) {
        return synonym(topicSetting)
                .map(this::text)
                .orElseGet(() -> TopicSettings.named(topicSetting).orElseThrow().defaultValue());
    }

    public int intValue(String name) {
        return Integer.parseInt(text(name).strip());
    }

    public long longValue(String name) {
        return Long.parseLong(text(name).strip());
    }

    public boolean isOn(String name) {
        return Boolean.parseBoolean(text(name).strip());
    }

    LogLimits logLimits() {
        return LogLimits.defaults()
                .withDurability(
                        text(DURABILITY).equals("os")
                                ? LogLimits.Durability.OS
                                : LogLimits.Durability.FSYNC);
    }

    ConsumerGroupLimits consumerGroupLimits() {
        return ConsumerGroupSettings.limits(this);
    }

    StreamsGroupLimits streamsGroupLimits() {
        return StreamsGroupSettings.limits(this);
    }

    TransactionLimits transactionLimits() {
        return new TransactionLimits(
                intValue("transaction.max.timeout.ms"),
                longValue("transactional.id.expiration.ms"),
                TransactionLimits.IDS_MAX);
    }

    GroupLimits groupLimits() {
        GroupLimits defaults = GroupLimits.defaults();
        return new GroupLimits(
                intValue("group.min.session.timeout.ms"),
                intValue("group.max.session.timeout.ms"),
                intValue("group.max.size"),
                intValue("group.initial.rebalance.delay.ms"),
                defaults.newMemberJoinTimeoutMs(),
                intValue("offset.metadata.max.bytes"),
                Math.multiplyExact(longValue("offsets.retention.minutes"), 60_000L),
                defaults.groupsMax());
    }
}
