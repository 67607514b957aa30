package io.sinew.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.CompactionConfig;
import io.sinew.log.Compression;
import io.sinew.log.LogLimits;
import io.sinew.log.Packing;
import io.sinew.log.PartitionConfig;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TopicSettingsTest {
    private static final TopicConfig DEFAULTS = TopicConfig.of(Map.of(), BrokerSettings.defaults());

    private static TopicConfig config(String name, String value) {
        TopicSettings.check(Map.of(name, value));
        return TopicConfig.of(Map.of(name, value), BrokerSettings.defaults());
    }

    @Test
    void an_unknown_name_is_refused_with_a_near_one() {
        assertThatThrownBy(() -> TopicSettings.check(Map.of("retention.sm", "1")))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                .hasMessage("Unknown topic config name: retention.sm; did you mean retention.ms?");
        assertThatThrownBy(() -> TopicSettings.check(Map.of("log.retention.ms", "1")))
                .hasMessageContaining("did you mean retention.ms?");
        assertThatThrownBy(() -> TopicSettings.check(Map.of("log.roll.ms", "1")))
                .hasMessageContaining("did you mean segment.ms?");
        assertThatThrownBy(() -> TopicSettings.check(Map.of("colour", "blue")))
                .hasMessage("Unknown topic config name: colour");
    }

    @Test
    void a_long_name_or_value_is_quoted_in_part_and_not_guessed_at() {
        String almost = "retention.ms" + "s".repeat(100);
        assertThatThrownBy(() -> TopicSettings.check(Map.of(almost, "1")))
                .hasMessage("Unknown topic config name: " + almost.substring(0, 100) + "…");
        assertThatThrownBy(() -> TopicSettings.check(Map.of("segment.bytes", "9".repeat(30_000))))
                .hasMessageStartingWith("Invalid value " + "9".repeat(100) + "… for")
                .message()
                .hasSizeLessThan(300);
    }

    @Test
    void a_value_out_of_range_is_refused_with_the_range() {
        assertThatThrownBy(() -> TopicSettings.check(Map.of("segment.bytes", "1023")))
                .hasMessageContaining("segment.bytes")
                .hasMessageContaining("from 1024 to 2147483647");
        assertThatThrownBy(() -> TopicSettings.check(Map.of("cleanup.policy", "burn")))
                .hasMessageContaining("of compact, delete");
    }

    @Test
    void what_sinew_does_not_have_cannot_be_turned_on() {
        assertThatThrownBy(() -> TopicSettings.check(Map.of("remote.storage.enable", "true")))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
                .hasMessageContaining("remote.storage.enable: must be false")
                .hasMessageContaining("no remote storage");
        assertThatThrownBy(() -> TopicSettings.check(Map.of("remote.storage.enable", "maybe")))
                .hasMessageContaining("must be false");
        TopicSettings.check(Map.of("remote.storage.enable", " False "));
    }

    @Test
    void there_are_kafkas_topic_configs_with_their_defaults() {
        assertThat(
                        TopicSettings.all().stream()
                                .collect(Collectors.toMap(Setting::name, Setting::defaultValue)))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("cleanup.policy", "delete"),
                                Map.entry("compression.gzip.level", "-1"),
                                Map.entry("compression.lz4.level", "9"),
                                Map.entry("compression.type", "producer"),
                                Map.entry("compression.zstd.level", "3"),
                                Map.entry("delete.retention.ms", "86400000"),
                                Map.entry("file.delete.delay.ms", "60000"),
                                Map.entry("flush.messages", "9223372036854775807"),
                                Map.entry("flush.ms", "9223372036854775807"),
                                Map.entry("follower.replication.throttled.replicas", ""),
                                // Ours: 32 KiB where Kafka has 4.
                                Map.entry("index.interval.bytes", "32768"),
                                Map.entry("leader.replication.throttled.replicas", ""),
                                Map.entry("local.retention.bytes", "-2"),
                                Map.entry("local.retention.ms", "-2"),
                                Map.entry("max.compaction.lag.ms", "9223372036854775807"),
                                Map.entry("max.message.bytes", "1048588"),
                                Map.entry("message.timestamp.after.max.ms", "3600000"),
                                Map.entry("message.timestamp.before.max.ms", "9223372036854775807"),
                                Map.entry("message.timestamp.type", "CreateTime"),
                                Map.entry("min.cleanable.dirty.ratio", "0.5"),
                                Map.entry("min.compaction.lag.ms", "0"),
                                Map.entry("min.insync.replicas", "1"),
                                Map.entry("preallocate", "false"),
                                Map.entry("remote.log.copy.disable", "false"),
                                Map.entry("remote.log.delete.on.disable", "false"),
                                Map.entry("remote.storage.enable", "false"),
                                Map.entry("retention.bytes", "-1"),
                                Map.entry("retention.ms", "604800000"),
                                Map.entry("segment.bytes", "1073741824"),
                                Map.entry("segment.index.bytes", "10485760"),
                                Map.entry("segment.jitter.ms", "0"),
                                Map.entry("segment.ms", "604800000"),
                                Map.entry("unclean.leader.election.enable", "false")));
    }

    @Test
    void every_default_is_a_value_that_may_be_set() {
        for (Setting setting : TopicSettings.all()) {
            assertThatCode(() ->
                            TopicSettings.check(Map.of(setting.name(), setting.defaultValue())))
                    .as(setting.name())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void every_setting_is_found_by_its_name_and_says_what_it_means() {
        for (Setting setting : TopicSettings.all()) {
            assertThat(TopicSettings.named(setting.name())).contains(setting);
            assertThat(setting.meaning()).as(setting.name()).endsWith(".");
        }
        assertThat(TopicSettings.named("colour")).isEmpty();
    }

    @Test
    void what_is_set_is_what_is_in_force() {
        assertThat(config("max.message.bytes", "77").maxBatchBytes()).isEqualTo(77);
        assertThat(config("message.timestamp.type", "LogAppendTime").logAppendTime()).isTrue();
        assertThat(config("message.timestamp.before.max.ms", "77").timestampBeforeMaxMs())
                .isEqualTo(77);
        assertThat(config("message.timestamp.after.max.ms", "77").timestampAfterMaxMs())
                .isEqualTo(77);
        assertThat(config("retention.ms", " 77 ").retentionMs()).isEqualTo(77);
        assertThat(config("retention.bytes", "77").retentionBytes()).isEqualTo(77);
        assertThat(config("cleanup.policy", "compact").deletes()).isFalse();
        assertThat(config("cleanup.policy", "compact,delete").deletes()).isTrue();
        assertThat(config("cleanup.policy", "compact,delete").compacts()).isTrue();
        assertThat(config("cleanup.policy", "delete").compacts()).isFalse();
        assertThat(config("delete.retention.ms", "77").compaction().deleteRetentionMs())
                .isEqualTo(77);
        assertThat(config("min.compaction.lag.ms", "77").compaction().minLagMs()).isEqualTo(77);
        assertThat(config("max.compaction.lag.ms", "77").compaction().maxLagMs()).isEqualTo(77);
        assertThat(config("min.cleanable.dirty.ratio", "0.7").compaction().minDirtyRatio())
                .isEqualTo(0.7);
        assertThat(config("segment.bytes", "7777").partition().segmentBytes()).isEqualTo(7777);
        assertThat(config("segment.ms", "77").partition().segmentMs()).isEqualTo(77);
        assertThat(config("index.interval.bytes", "77").partition().indexIntervalBytes())
                .isEqualTo(77);
    }

    @Test
    void a_compacted_topics_segments_are_no_older_than_its_records_may_wait() {
        var settings = Map.of("cleanup.policy", "compact", "max.compaction.lag.ms", "77");
        assertThat(TopicConfig.of(settings, BrokerSettings.defaults()).partition().segmentMs())
                .isEqualTo(77);
    }

    @Test
    void what_is_not_set_is_as_the_broker_has_it() {
        var broker =
                BrokerSettings.of(
                        Map.of(
                                "message.max.bytes", "77",
                                "log.message.timestamp.type", "LogAppendTime",
                                "log.retention.hours", "2",
                                "log.retention.bytes", "78",
                                "log.cleanup.policy", "compact",
                                "compression.type", "zstd",
                                "log.segment.bytes", "7777",
                                "log.roll.ms", "79",
                                "log.index.interval.bytes", "80"));
        assertThat(TopicConfig.of(Map.of("retention.bytes", "5"), broker))
                .isEqualTo(
                        new TopicConfig(
                                77,
                                true,
                                DEFAULTS.timestampBeforeMaxMs(),
                                DEFAULTS.timestampAfterMaxMs(),
                                7_200_000,
                                5,
                                false,
                                true,
                                Optional.of(new Packing(Compression.ZSTD, 3)),
                                CompactionConfig.defaults(),
                                new PartitionConfig(7777, 79, 80)));
    }

    @Test
    void the_largest_batch_that_may_be_set_is_the_largest_that_the_log_takes() {
        assertThat(TopicSettings.named("max.message.bytes").orElseThrow().most())
                .isEqualTo(LogLimits.MAX_BATCH_BYTES);
    }
}
