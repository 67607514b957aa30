package io.sinew.broker;

import static io.sinew.kit.FaultyDisk.Operation.SYNC;
import static io.sinew.kit.FaultyDisk.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.kit.Eventually;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.log.LogHealth;
import io.sinew.log.LogLimits;
import io.sinew.log.LogOwner;
import io.sinew.log.LogStore;
import io.sinew.log.PartitionLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// How a broker opens, closes, and gives space back when there is none.
class BrokerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final FaultyDisk.Selection WAL = FaultyDisk.Selection.of(WRITE, ".wal");

    private static IOException noSpace() {
        return new IOException("No space left on device");
    }

    private static void awaitFull(Broker broker) throws Exception {
        Eventually.await(
                LIMIT,
                "the log to notice",
                () -> broker.health() instanceof LogHealth.Status.DiskFull);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("sinew-"))
                .toList();
    }

    /// An owner that keeps nothing.
    private static final class NoOwner implements LogOwner {
        @Override
        public void restore(Section section) {}

        @Override
        public void replay(int machine, ByteBuffer body) {}

        @Override
        public void replayBatch(PartitionLog log, ByteBuffer batch) {}

        @Override
        public List<Section> snapshots() {
            return List.of();
        }
    }

    private static FaultyDisk diskWithUnknownRecord() throws Exception {
        var disk = new FaultyDisk();
        var data = DataDirectory.open(disk, BrokerOnDisk.DIRECTORY, "cluster");
        LogStore store = LogStore.open(data, LogLimits.defaults(), Clock.system(), new Metrics());
        store.recover(new NoOwner());
        store.record(99, ByteBuffer.allocate(8)).commit().awaitDurable();
        FaultyDisk after = disk.processDeath();
        assertThatThrownBy(store::close).isInstanceOf(Exception.class);
        data.close();
        return after;
    }

    @Test
    void a_broker_that_cannot_open_leaves_nothing_behind() throws Exception {
        FaultyDisk disk = diskWithUnknownRecord();
        for (int round = 0; round < 2; round++) {
            try (var data = DataDirectory.open(disk, BrokerOnDisk.DIRECTORY, "cluster")) {
                assertThatThrownBy(() ->
                                Broker.open(
                                        data,
                                        BrokerSettings.defaults(),
                                        Clock.system(),
                                        new Metrics()))
                        .isInstanceOfSatisfying(
                                SinewException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED_DATA));
            }
            assertThat(threads()).isEmpty();
            assertThat(disk.openFiles()).isZero();
        }
    }

    @Test
    void a_deletion_on_a_disk_that_became_full_gives_its_files_back_and_is_done() throws Exception {
        try (var on = new BrokerOnDisk(Map.of())) {
            Topic doomed = on.topic("doomed", Map.of());
            Topic other = on.topic("other", Map.of());
            on.append(doomed, 3);
            on.append(other, 3);
            var partition = new GroupPartition(doomed.id(), 0);
            on.broker
                    .groups()
                    .submit(new RunnerClient("g").commit(RunnerClient.offset(partition, 3)))
                    .await();
            on.restart();
            Topics.Changed deleted = on.broker.topics().delete(doomed.id());
            deleted.commit().awaitDurable();
            on.disk.failEvery(WAL, noSpace());
            on.broker.producerIds().allocate();
            awaitFull(on.broker);
            on.broker.clearAway(List.of(deleted));
            Eventually.await(
                    LIMIT,
                    "the files to go",
                    () -> on.disk.list(BrokerOnDisk.DIRECTORY.resolve("topics")).size() == 1);

            on.disk.heal();
            on.restart();
            assertThat(on.broker.topics().all()).containsExactly(other);
            var fetched =
                    on.broker
                            .groups()
                            .submit(new GroupCommand.FetchOffsets("g", List.of(partition), false))
                            .await();
            assertThat(fetched)
                    .isEqualTo(
                            new GroupReply.OffsetsFetched(
                                    List.of(GroupOffset.none(partition)), Set.of()));
        }
    }

    @Test
    void a_topic_is_deleted_while_only_the_segments_lack_space() throws Exception {
        try (var on = new BrokerOnDisk(Map.of())) {
            Topic doomed = on.topic("doomed", Map.of());
            on.disk.failEvery(FaultyDisk.Selection.of(WRITE, ".log"), noSpace());
            on.append(doomed, 3);
            on.clock.step(10_000);
            awaitFull(on.broker);
            on.broker.deleteTopic(doomed.id());
            assertThat(on.broker.topics().all()).isEmpty();
            on.disk.heal();
        }
    }

    @Test
    void closing_ends_while_retention_waits_for_a_full_disk() throws Exception {
        var on = new BrokerOnDisk(Map.of(BrokerSettings.RETENTION_CHECK_MS, "1"));
        Topic topic = on.topic("orders", Map.of("segment.bytes", "1024", "retention.ms", "1000"));
        on.append(topic, 3);
        on.restart();
        on.disk.failEvery(WAL, noSpace());
        on.clock.step(10_000);
        awaitFull(on.broker);
        on.abandon();
        assertThat(threads()).isEmpty();
        assertThat(on.disk.openFiles()).isZero();
    }

    @Test
    void a_topic_that_somebody_just_created_is_told_of_when_it_is_durable() throws Exception {
        try (var on = new BrokerOnDisk(Map.of())) {
            on.disk.hold(FaultyDisk.Selection.of(SYNC, ".wal"));
            Topics.Changed created = on.broker.topics().getOrCreate(new UUID(0, 1), "orders");
            on.disk.awaitHeld();
            Topics.Changed known = on.broker.topics().getOrCreate(new UUID(0, 2), "orders");
            boolean settled = known.commit().isSettled();
            on.disk.letGo();
            assertThat(settled).isFalse();
            assertThat(known.topic()).isEqualTo(created.topic());
            known.commit().awaitDurable();
            assertThat(created.commit().isSettled()).isTrue();
        }
    }

    @Test
    void a_producer_id_is_given_once() throws Exception {
        try (var on = new BrokerOnDisk(Map.of())) {
            Set<Long> given = new HashSet<>();
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < 1_500; i++) {
                    ProducerIds.Allocated allocated = on.broker.producerIds().allocate();
                    allocated.commit().awaitDurable();
                    assertThat(given.add(allocated.id())).as("a new id").isTrue();
                }
                if (round % 2 == 0) {
                    on.crash();
                } else {
                    on.restart();
                }
            }
        }
    }
}
