package io.sinew.broker;

import static io.sinew.kit.FaultyDisk.Operation.DELETE;
import static io.sinew.kit.FaultyDisk.Operation.SYNC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is dropped by age, by size and by idleness, and what is not. Each batch is a segment.
class HousekeeperTest {
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

    private static Map<String, String> with(String name, String value) {
        return Map.of("segment.bytes", "1024", name, value);
    }

    private long start(Topic topic) {
        return on.partition(topic).log().logStartOffset();
    }

    private List<Path> segments(Topic topic) throws IOException {
        Path directory =
                BrokerOnDisk.DIRECTORY
                        .resolve("topics")
                        .resolve(topic.name() + "~" + topic.id())
                        .resolve("0");
        return on.disk.list(directory).stream()
                .filter(file -> file.toString().endsWith(".log"))
                .toList();
    }

    @Test
    void records_older_than_retention_ms_go_and_stay_gone() throws Exception {
        Topic topic = on.topic("orders", with("retention.ms", Long.toString(HOUR_MS)));
        on.append(topic, 5);
        on.clock.step(HOUR_MS);
        on.append(topic, 2);
        on.restart();
        on.cleanOnce();
        assertThat(start(topic)).isZero();

        on.clock.step(1);
        on.cleanOnce();
        assertThat(start(topic)).isEqualTo(5);
        assertThat(segments(topic)).hasSize(2);
        on.crash();
        assertThat(start(topic)).isEqualTo(5);
        on.restart();
        assertThat(start(topic)).isEqualTo(5);
        assertThat(on.partition(topic).log().endOffset()).isEqualTo(7);
    }

    @Test
    void retention_bytes_is_kept_and_little_more() throws Exception {
        Topic topic = on.topic("orders", with("retention.bytes", "3000"));
        on.append(topic, 10);
        on.restart();
        on.cleanOnce();
        assertThat(start(topic)).isEqualTo(7);
        assertThat(on.partition(topic).log().sizeBytes()).isBetween(3_000L, 4_200L);
        assertThat(segments(topic)).hasSize(3);
    }

    @Test
    void compaction_and_no_limit_delete_nothing() throws Exception {
        Topic compacted = on.topic("compacted", with("cleanup.policy", "compact"));
        Topic kept = on.topic("kept", with("retention.ms", "-1"));
        on.append(compacted, 3);
        on.append(kept, 3);
        on.restart();
        on.clock.step(1_000 * 24 * HOUR_MS);
        on.cleanOnce();
        assertThat(start(compacted)).isZero();
        assertThat(start(kept)).isZero();
        assertThat(segments(compacted)).hasSize(3);
        assertThat(segments(kept)).hasSize(3);
    }

    @Test
    void a_partition_that_fails_does_not_stop_the_next_one() throws Exception {
        Topic first = on.topic("first", with("retention.bytes", "3000"));
        Topic second = on.topic("second", with("retention.bytes", "3000"));
        on.append(first, 6);
        on.append(second, 6);
        on.restart();
        // Which comes first is not said: each fails once.
        on.disk.failEvery(
                event -> event.operation() == DELETE && event.path().toString().contains("first~"),
                new IOException("Input/output error"));
        on.cleanOnce();
        assertThat(segments(second)).hasSize(3);
        on.disk.heal();
        on.append(first, 3);
        on.append(second, 3);
        on.restart();
        on.disk.failEvery(
                event -> event.operation() == DELETE && event.path().toString().contains("second~"),
                new IOException("Input/output error"));
        on.cleanOnce();
        assertThat(start(first)).isEqualTo(6);
    }

    @Test
    void nothing_to_drop_is_nothing_to_wait_for() throws Exception {
        Topic topic = on.topic("orders", with("retention.bytes", "3000"));
        on.disk.hold(FaultyDisk.Selection.of(SYNC, ".wal"));
        var batch = Batches.plain().at(on.clock.nowMs(), 0).of("value");
        var appended = on.partition(topic).append(batch, on.clock.nowMs());
        on.disk.awaitHeld();
        on.cleanOnce();
        boolean settled = appended.commit().isSettled();
        on.disk.letGo();
        assertThat(settled).isFalse();
        appended.commit().awaitDurable();
    }

    @Test
    void an_idle_producer_is_forgotten_and_may_begin_anywhere() throws Exception {
        Topic topic = on.topic("orders", Map.of());
        on.append(topic, 7, 0);
        on.append(topic, 8, 0);
        on.clock.step(20 * HOUR_MS);
        on.append(topic, 8, 1);
        on.clock.step(10 * HOUR_MS);
        on.cleanOnce();
        assertThat(on.partition(topic).producers())
                .extracting(IdempotentProducer::id)
                .containsExactly(8L);
        on.append(topic, 7, 500);
        assertThatThrownBy(() -> on.append(topic, 8, 5))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE));
    }
}
