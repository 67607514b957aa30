package io.sinew.broker;

import static io.sinew.kit.FaultyDisk.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.kit.Batches;
import io.sinew.log.RefusedRecord;
import io.sinew.log.RefusedRecordsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which topics are compacted, and when. Each batch is a segment.
class CompactionRunnerTest {
    private static final long HOUR_MS = 3_600_000;

    private BrokerOnDisk on;

    @BeforeEach
    void open() throws IOException {
        on = new BrokerOnDisk(Map.of());
    }

    @AfterEach
    void close() throws IOException {
        on.disk.heal();
        on.close();
    }

    private static Map<String, String> compacted(String... more) {
        var settings = new HashMap<String, String>();
        settings.put("cleanup.policy", "compact");
        settings.put("segment.bytes", "1024");
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private long sizeBytes(Topic topic) {
        return on.partition(topic).log().sizeBytes();
    }

    @Test
    void records_without_a_key_are_refused_where_a_topic_is_compacted_and_only_there()
            throws Exception {
        Topic topic = on.topic("compacted", compacted());
        var batch = Batches.plain().at(on.clock.nowMs(), 0).of("one", "two");
        assertThatThrownBy(() -> on.partition(topic).append(batch, on.clock.nowMs()))
                .isInstanceOfSatisfying(
                        RefusedRecordsException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_RECORD);
                            assertThat(e.records())
                                    .extracting(RefusedRecord::index)
                                    .containsExactly(0, 1);
                        });
        assertThat(on.partition(topic).log().nextOffset()).isZero();
        Topic plain = on.topic("plain", Map.of());
        on.partition(plain).append(batch, on.clock.nowMs()).commit().awaitDurable();
    }

    @Test
    void only_topics_that_say_so_are_compacted() throws Exception {
        Topic compacted = on.topic("compacted", compacted());
        Topic both = on.topic("both", compacted("cleanup.policy", "compact,delete"));
        Topic plain = on.topic("plain", compacted("cleanup.policy", "delete"));
        for (Topic topic : List.of(compacted, both, plain)) {
            on.append(topic, 6);
        }
        on.restart();
        on.broker.compaction().compactOnce();
        assertThat(sizeBytes(compacted)).isLessThan(3_000);
        assertThat(sizeBytes(both)).isLessThan(3_000);
        assertThat(sizeBytes(plain)).isGreaterThan(6_000);
        assertThat(on.partition(compacted).log().endOffset()).isEqualTo(6);
        long size = sizeBytes(compacted);
        on.restart();
        on.append(compacted, 1);
        assertThat(sizeBytes(compacted)).isGreaterThan(size);
        assertThat(on.partition(compacted).log().endOffset()).isEqualTo(7);
    }

    @Test
    void compacted_topics_that_also_delete_do_both() throws Exception {
        Topic topic =
                on.topic(
                        "both",
                        compacted(
                                "cleanup.policy",
                                "compact,delete",
                                "retention.ms",
                                Long.toString(HOUR_MS)));
        on.append(topic, 6);
        on.restart();
        on.broker.compaction().compactOnce();
        on.clock.step(HOUR_MS + 1);
        on.append(topic, 1);
        on.cleanOnce();
        assertThat(on.partition(topic).log().logStartOffset()).isGreaterThan(4);
    }

    @Test
    void a_partition_waits_until_enough_of_it_is_dirty() throws Exception {
        Topic topic = on.topic("compacted", compacted());
        on.append(topic, 11);
        on.restart();
        on.broker.compaction().compactOnce();
        assertThat(on.partition(topic).log().compactedOffset()).isEqualTo(10);
        Topic large = on.topic("large", compacted("min.cleanable.dirty.ratio", "0.9"));
        for (int i = 0; i < 10; i++) {
            on.partition(large)
                    .append(
                            Batches.plain().keyed("key" + i).at(on.clock.nowMs(), 0).ofBytes(1_000),
                            on.clock.nowMs());
        }
        on.restart();
        on.broker.compaction().compactOnce();
        long first = on.partition(large).log().compactedOffset();
        assertThat(first).isEqualTo(9);
        on.append(large, 5);
        on.restart();
        on.broker.compaction().compactOnce();
        assertThat(on.partition(large).log().compactedOffset()).isEqualTo(first);
    }

    @Test
    void a_partition_that_fails_does_not_stop_the_others() throws Exception {
        Topic first = on.topic("first", compacted());
        Topic second = on.topic("second", compacted());
        on.append(first, 6);
        on.append(second, 6);
        on.restart();
        on.disk.failEvery(
                event ->
                        event.operation() == WRITE
                                && event.path().toString().contains("first~")
                                && event.path().toString().endsWith(".cleaned"),
                new IOException("Input/output error"));
        on.broker.compaction().compactOnce();
        assertThat(sizeBytes(first)).isGreaterThan(6_000);
        assertThat(sizeBytes(second)).isLessThan(3_000);
        on.disk.heal();
        on.broker.compaction().compactOnce();
        assertThat(sizeBytes(first)).isLessThan(3_000);
    }

    @Test
    void the_last_records_of_a_silent_topic_are_compacted_when_their_segment_is_old()
            throws Exception {
        Topic topic =
                on.topic(
                        "compacted",
                        compacted("segment.bytes", "1000000", "max.compaction.lag.ms", "3600000"));
        on.append(topic, 6);
        on.restart();
        on.broker.compaction().compactOnce();
        assertThat(sizeBytes(topic)).isGreaterThan(6_000);
        on.clock.step(HOUR_MS + 1);
        on.broker.compaction().compactOnce();
        assertThat(sizeBytes(topic)).isLessThan(3_000);
    }

    @Test
    void an_idempotent_producer_goes_on_after_all_its_records_were_replaced() throws Exception {
        Topic topic = on.topic("compacted", compacted());
        for (int sequence = 0; sequence < 3; sequence++) {
            on.partition(topic)
                    .append(batch(7, sequence), on.clock.nowMs())
                    .commit()
                    .awaitDurable();
        }
        on.append(topic, 4);
        on.restart();
        on.broker.compaction().compactOnce();
        on.crash();
        var again = on.partition(topic).append(batch(7, 2), on.clock.nowMs());
        assertThat(again.baseOffset()).isEqualTo(2);
        assertThat(on.partition(topic).append(batch(7, 3), on.clock.nowMs()).baseOffset())
                .isEqualTo(7);
    }

    private ByteBuffer batch(long producerId, int sequence) {
        return Batches.plain()
                .keyed("key")
                .producer(producerId, 0, sequence)
                .at(on.clock.nowMs(), 0)
                .ofBytes(1_000);
    }
}
