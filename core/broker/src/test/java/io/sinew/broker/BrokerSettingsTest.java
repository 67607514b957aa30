package io.sinew.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.GroupLimits;
import io.sinew.log.LogLimits;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BrokerSettingsTest {
    private static final Set<String> FOR_TOPICS =
            TopicSettings.all().stream()
                    .flatMap(setting -> BrokerSettings.synonym(setting.name()).stream())
                    .collect(Collectors.toSet());

    private static BrokerSettings with(String name, String value) {
        return BrokerSettings.of(Map.of(name, value));
    }

    @Test
    void an_unknown_name_is_refused_with_the_one_that_was_meant() {
        var meant =
                Map.of(
                        "num.partition", "num.partitions",
                        "NUM.PARTITIONS", "num.partitions",
                        "log.retention.hour", "log.retention.hours",
                        "log.retenton.ms", "log.retention.ms",
                        "retention.ms", "log.retention.ms",
                        "max.message.bytes", "message.max.bytes",
                        "auto.create.topics", "auto.create.topics.enable",
                        "durabilty", "durability");
        meant.forEach((wrong, right) ->
                assertThatThrownBy(() -> with(wrong, "1"))
                        .isInstanceOfSatisfying(
                                SinewException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                        .hasMessageStartingWith("There is no setting " + wrong)
                        .hasMessageContaining("did you mean " + right + "?"));
    }

    @Test
    void a_name_like_no_other_is_refused_without_a_guess() {
        assertThatThrownBy(() -> with("colour", "blue"))
                .hasMessage("There is no setting colour. docs/configuration.md lists all of them");
    }

    @Test
    void a_value_out_of_range_is_refused_with_the_range() {
        assertThatThrownBy(() -> with("num.partitions", "0"))
                .hasMessage(
                        "Invalid value 0 for configuration num.partitions: must be a whole number"
                                + " from 1 to 100000");
        assertThatThrownBy(() -> with("durability", "perhaps"))
                .hasMessageContaining("of fsync, os");
        assertThatThrownBy(() -> with("message.max.bytes", "33554433"))
                .hasMessageContaining("to 33554432");
    }

    @Test
    void session_time_outs_that_leave_no_choice_are_refused() {
        assertThatThrownBy(() -> with("group.max.session.timeout.ms", "10"))
                .isInstanceOf(SinewException.class)
                .hasMessageContaining("group.max.session.timeout.ms is 10; the least is 6000");
    }

    @Test
    void a_time_too_long_for_milliseconds_is_refused() {
        assertThatThrownBy(() -> with("log.retention.hours", "9223372036854775807"))
                .isInstanceOf(SinewException.class)
                .hasMessageContaining("log.retention.hours")
                .hasMessageContaining("whole number up to 2562047788015");
        assertThatThrownBy(() -> with("log.retention.minutes", "ten"))
                .hasMessageContaining("log.retention.minutes");
        assertThatThrownBy(() -> with("offsets.retention.minutes", "2147483648"))
                .hasMessageContaining("from 1 to 2147483647");
    }

    @Test
    void hours_and_minutes_mean_milliseconds() {
        assertThat(with("log.retention.hours", "2").values())
                .isEqualTo(Map.of("log.retention.ms", "7200000"));
        assertThat(with("log.retention.minutes", "2").longValue("log.retention.ms"))
                .isEqualTo(120_000);
        assertThat(with("log.roll.hours", "2").longValue("log.roll.ms")).isEqualTo(7_200_000);
        assertThat(with("log.retention.hours", "-1").text("log.retention.ms")).isEqualTo("-1");
    }

    @Test
    void the_finer_unit_wins() {
        var all =
                Map.of(
                        "log.retention.hours", "3",
                        "log.retention.minutes", "2",
                        "log.retention.ms", "1");
        assertThat(BrokerSettings.of(all).longValue("log.retention.ms")).isEqualTo(1);
        var coarse = Map.of("log.retention.hours", "3", "log.retention.minutes", "2");
        assertThat(BrokerSettings.of(coarse).longValue("log.retention.ms")).isEqualTo(120_000);
    }

    @Test
    void the_names_in_other_units_are_listed() {
        assertThat(BrokerSettings.otherUnits())
                .isEqualTo(
                        Map.of(
                                "log.retention.hours", "log.retention.ms",
                                "log.retention.minutes", "log.retention.ms",
                                "log.roll.hours", "log.roll.ms"));
    }

    private static boolean isOfNewGroups(String name) {
        return name.startsWith("group.consumer.") || name.startsWith("group.streams.");
    }

    /// Of the settings that are not for topics.
    private static Map<String, String> defaults(Predicate<String> names) {
        return BrokerSettings.all().stream()
                .filter(setting -> !FOR_TOPICS.contains(setting.name()))
                .filter(setting -> names.test(setting.name()))
                .collect(Collectors.toMap(Setting::name, Setting::defaultValue));
    }

    @Test
    void the_brokers_own_settings_have_these_defaults() {
        assertThat(defaults(name -> !isOfNewGroups(name)))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("auto.create.topics.enable", "true"),
                                Map.entry("connections.max.idle.ms", "600000"),
                                Map.entry("log.cleaner.backoff.ms", "15000"),
                                Map.entry("log.cleaner.dedupe.buffer.size", "67108864"),
                                Map.entry("default.replication.factor", "1"),
                                Map.entry("delete.topic.enable", "true"),
                                Map.entry("durability", "fsync"),
                                Map.entry("fetch.max.bytes", "57671680"),
                                // Ours: Kafka waits 3 s.
                                Map.entry("group.initial.rebalance.delay.ms", "0"),
                                Map.entry("group.max.session.timeout.ms", "1800000"),
                                // Ours: Kafka has no bound.
                                Map.entry("group.max.size", "10000"),
                                Map.entry("group.min.session.timeout.ms", "6000"),
                                // Ours: Kafka has no bound.
                                Map.entry("max.connections", "10000"),
                                Map.entry("max.partitions", "200000"),
                                Map.entry("node.id", "1"),
                                Map.entry("num.partitions", "1"),
                                Map.entry("offset.metadata.max.bytes", "4096"),
                                Map.entry("offsets.retention.minutes", "10080"),
                                Map.entry("producer.id.expiration.ms", "86400000"),
                                Map.entry("quota.window.num", "11"),
                                Map.entry("quota.window.size.seconds", "1"),
                                Map.entry("log.retention.check.interval.ms", "300000"),
                                Map.entry("socket.request.max.bytes", "104857600"),
                                Map.entry("transaction.max.timeout.ms", "900000"),
                                Map.entry("transactional.id.expiration.ms", "604800000")));
    }

    @Test
    void the_settings_of_groups_of_the_new_protocols_have_these_defaults() {
        assertThat(defaults(BrokerSettingsTest::isOfNewGroups))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("group.consumer.assignment.interval.ms", "1000"),
                                Map.entry("group.consumer.assignors", "uniform,range"),
                                Map.entry("group.consumer.heartbeat.interval.ms", "5000"),
                                Map.entry("group.consumer.max.assignment.interval.ms", "15000"),
                                Map.entry("group.consumer.max.heartbeat.interval.ms", "15000"),
                                Map.entry("group.consumer.max.session.timeout.ms", "60000"),
                                Map.entry("group.consumer.max.size", "10000"),
                                Map.entry("group.consumer.migration.policy", "bidirectional"),
                                Map.entry("group.consumer.min.assignment.interval.ms", "0"),
                                Map.entry("group.consumer.min.heartbeat.interval.ms", "5000"),
                                Map.entry("group.consumer.min.session.timeout.ms", "45000"),
                                Map.entry("group.consumer.session.timeout.ms", "45000"),
                                Map.entry("group.streams.assignment.interval.ms", "1000"),
                                Map.entry("group.streams.heartbeat.interval.ms", "5000"),
                                Map.entry("group.streams.initial.rebalance.delay.ms", "0"),
                                Map.entry("group.streams.max.assignment.interval.ms", "15000"),
                                Map.entry("group.streams.max.heartbeat.interval.ms", "15000"),
                                Map.entry("group.streams.max.session.timeout.ms", "60000"),
                                Map.entry("group.streams.max.size", "10000"),
                                Map.entry("group.streams.max.standby.replicas", "2"),
                                Map.entry("group.streams.min.assignment.interval.ms", "0"),
                                Map.entry("group.streams.min.heartbeat.interval.ms", "5000"),
                                Map.entry("group.streams.min.session.timeout.ms", "45000"),
                                Map.entry("group.streams.num.standby.replicas", "0"),
                                Map.entry("group.streams.session.timeout.ms", "45000")));
    }

    @Test
    void a_topic_setting_has_the_same_default_under_its_broker_wide_name_if_there_is_one() {
        Map<String, Setting> all =
                BrokerSettings.all().stream()
                        .collect(Collectors.toMap(Setting::name, setting -> setting));
        var without = new TreeSet<String>();
        for (Setting topic : TopicSettings.all()) {
            assertThat(BrokerSettings.defaults().ofTopics(topic.name()))
                    .isEqualTo(topic.defaultValue());
            Optional<String> name = BrokerSettings.synonym(topic.name());
            if (name.isEmpty()) {
                without.add(topic.name());
                continue;
            }
            assertThat(all).containsKey(name.get());
            Setting broker = Objects.requireNonNull(all.get(name.get()));
            assertThat(broker.defaultValue()).isEqualTo(topic.defaultValue());
            assertThat(broker.meaning()).contains("`" + topic.name() + "`");
        }
        assertThat(without)
                .containsExactly(
                        "follower.replication.throttled.replicas",
                        "leader.replication.throttled.replicas",
                        "remote.log.copy.disable",
                        "remote.log.delete.on.disable",
                        "remote.storage.enable");
    }

    @Test
    void kafkas_irregular_names_are_known() {
        var names =
                Map.of(
                        "max.message.bytes", "message.max.bytes",
                        "segment.ms", "log.roll.ms",
                        "retention.ms", "log.retention.ms",
                        "flush.messages", "log.flush.interval.messages",
                        "min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms",
                        "min.insync.replicas", "min.insync.replicas",
                        "compression.zstd.level", "compression.zstd.level",
                        "local.retention.ms", "log.local.retention.ms");
        names.forEach(
                (topic, broker) -> assertThat(BrokerSettings.synonym(topic)).contains(broker));
    }

    @Test
    void every_default_is_a_value_that_may_be_set_and_every_setting_says_what_it_means() {
        for (Setting setting : BrokerSettings.all()) {
            assertThatCode(() -> with(setting.name(), setting.defaultValue()))
                    .as(setting.name())
                    .doesNotThrowAnyException();
            assertThat(setting.meaning()).as(setting.name()).endsWith(".");
        }
    }

    @Test
    void what_is_set_for_groups_is_what_is_in_force() {
        GroupLimits limits =
                BrokerSettings.of(
                                Map.of(
                                        "group.min.session.timeout.ms", "1",
                                        "group.max.session.timeout.ms", "2",
                                        "group.max.size", "3",
                                        "group.initial.rebalance.delay.ms", "4",
                                        "offset.metadata.max.bytes", "5",
                                        "offsets.retention.minutes", "6"))
                        .groupLimits();
        GroupLimits defaults = GroupLimits.defaults();
        assertThat(limits)
                .isEqualTo(
                        new GroupLimits(
                                1,
                                2,
                                3,
                                4,
                                defaults.newMemberJoinTimeoutMs(),
                                5,
                                360_000,
                                defaults.groupsMax()));
        assertThat(BrokerSettings.defaults().groupLimits()).isEqualTo(defaults);
    }

    @Test
    void durability_reaches_the_log() {
        assertThat(BrokerSettings.defaults().logLimits()).isEqualTo(LogLimits.defaults());
        assertThat(with("durability", "os").logLimits().durability())
                .isEqualTo(LogLimits.Durability.OS);
    }

    @Test
    void switches_are_read_as_kafka_reads_them() {
        for (String on : List.of("true", "TRUE", " True ")) {
            assertThat(with("auto.create.topics.enable", on).isOn("auto.create.topics.enable"))
                    .isTrue();
        }
        assertThat(with("auto.create.topics.enable", "False").isOn("auto.create.topics.enable"))
                .isFalse();
    }
}
