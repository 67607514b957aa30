package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Partitions that go, and partitions that are many.
class DeletionTest {
    private static final Path TOPICS = TestLog.DIRECTORY.resolve("topics");

    private FaultyDisk disk = new FaultyDisk();

    @Test
    void a_deleted_partition_refuses_reads_and_its_files_are_gone() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 2)) {
            log.appendDurably(Batches.plain().of("in a segment"));
            log.store.checkpoint();
            log.appendDurably(Batches.plain().of("in memory"));
            log.append(1, Batches.plain().of("stays")).commit().awaitDurable();
            PartitionLog doomed = log.partition();
            log.store.deletePartition(doomed.id());
            log.store.checkpoint();
            assertThat(disk.list(TOPICS)).hasSize(1);
            SinewException refusal =
                    catchThrowableOfType(SinewException.class, () -> doomed.read(0, 1000, true));
            assertThat(refusal.code()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(log.unflushedBytes()).isZero();
            // A late append of somebody who has not heard of it harms nobody.
            log.append(0, Batches.plain().of("late")).commit().awaitDurable();
            log.store.checkpoint();
            assertThat(log.unflushedBytes()).isZero();
            assertThat(disk.list(TOPICS)).hasSize(1);
        }
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void a_damaged_partition_takes_nothing_stops_nobody_and_can_be_deleted() throws Exception {
        for (LogLimits limits : List.of(TestLog.LAZY, TestLog.SMALL)) {
            disk = new FaultyDisk();
            try (TestLog log = TestLog.open(disk, limits, 2)) {
                log.appendDurably(Batches.plain().of("a"));
            }
            disk.put(TestLog.directoryOf(0).resolve("00000000000000000000.log"), new byte[3]);
            try (TestLog log = TestLog.open(disk, limits, 2)) {
                for (int attempt = 0; attempt < 2; attempt++) {
                    SinewException refusal =
                            catchThrowableOfType(
                                    SinewException.class,
                                    () -> log.append(Batches.plain().of("b")));
                    assertThat(refusal.code()).isEqualTo(ErrorCode.DAMAGED_DATA);
                }
                log.append(1, Batches.plain().of("of others")).commit().awaitDurable();
                log.store.checkpoint();
                log.store.deletePartition(log.partition().id());
                log.store.checkpoint();
                assertThat(log.store.health().status())
                        .isInstanceOf(LogHealth.Status.Running.class);
                assertThat(disk.list(TOPICS)).hasSize(1);
            }
        }
    }

    @Test
    void files_that_are_no_segments_are_left_alone() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1)) {
            log.appendDurably(Batches.plain().of("a"));
        }
        List<String> strays = List.of("copy.log", "1.log", "9".repeat(20) + ".log", ".log");
        for (String name : strays) {
            disk.put(TestLog.directoryOf(0).resolve(name), new byte[3]);
        }
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1)) {
            log.appendDurably(Batches.plain().of("b"));
            log.store.checkpoint();
            assertThat(TestLog.batches(log.partition(), 0, 1000)).hasSize(2);
            for (String name : strays) {
                assertThat(disk.exists(TestLog.directoryOf(0).resolve(name))).isTrue();
            }
            log.store.deletePartition(log.partition().id());
            log.store.checkpoint();
            assertThat(disk.list(TOPICS)).isEmpty();
        }
    }

    @Test
    void a_partition_may_be_deleted_while_a_checkpoint_syncs_its_directory() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 2)) {
            log.appendDurably(Batches.plain().of("a"));
            log.append(1, Batches.plain().of("stays")).commit().awaitDurable();
            disk.hold(
                    FaultyDisk.Selection.of(
                            FaultyDisk.Operation.SYNC_DIRECTORY,
                            TestLog.directoryOf(0).toString()));
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<?> checkpoint =
                        threads.submit(() -> {
                            log.store.checkpoint();
                            return null;
                        });
                disk.awaitHeld();
                log.store.deletePartition(log.partition().id());
                while (disk.exists(TestLog.directoryOf(0))) {
                    Thread.onSpinWait();
                }
                disk.letGo();
                checkpoint.get();
            }
            assertThat(log.store.health().status()).isInstanceOf(LogHealth.Status.Running.class);
            assertThat(disk.list(TOPICS)).hasSize(1);
        }
    }

    @Test
    void a_slice_of_a_deleted_partition_can_be_read_to_its_end() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            log.appendDurably(Batches.plain().of("a"));
            log.store.checkpoint();
            try (LogRead read = log.partition().read(0, 1000, true)) {
                log.store.deletePartition(log.partition().id());
                log.store.checkpoint();
                assertThat(TestLog.split(read.slice().copy())).hasSize(1);
            }
        }
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void batches_of_a_partition_that_is_no_more_are_not_replayed() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.LAZY, 2);
        log.appendDurably(Batches.plain().of("deleted since"));
        log.append(1, Batches.plain().of("stays")).commit().awaitDurable();
        disk = disk.processDeath();
        log.abandon();
        try (TestLog again = TestLog.open(disk, TestLog.LAZY, 0)) {
            again.store.checkpoint();
            assertThat(again.unflushedBytes()).isZero();
        }
    }

    @Test
    void directories_of_topics_that_are_no_more_go_at_the_next_start_and_others_stay()
            throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 3)) {
            for (int i = 0; i < 3; i++) {
                log.append(i, Batches.plain().of("a")).commit().awaitDurable();
            }
        }
        Path notOurs = TOPICS.resolve("lost+found");
        disk.createDirectories(notOurs);
        // The owner knows only of the first.
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            log.store.awaitCleanUp();
            assertThat(TestLog.batches(log.partition(), 0, 1000)).hasSize(1);
        }
        assertThat(disk.list(TOPICS))
                .containsExactlyInAnyOrder(notOurs, TestLog.directoryOf(0).getParent());
    }

    @Test
    void ten_thousand_partitions_are_written_closed_and_opened_with_a_bounded_number_of_files()
            throws Exception {
        int count = 10_000;
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, count)) {
            for (int i = 0; i < count; i++) {
                log.append(i, Batches.plain().of("p" + i));
            }
            log.store.barrier().awaitDurable();
        }
        assertThat(disk.openFiles()).isZero();
        long before = disk.operations();
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, count)) {
            assertThat(disk.operations() - before)
                    .as("a start looks at no partition")
                    .isLessThan(100);
            for (PartitionLog partition : log.partitions) {
                assertThat(partition.endOffset()).isEqualTo(1);
                assertThat(TestLog.batches(partition, 0, 1000)).hasSize(1);
            }
            assertThat(disk.openFiles()).isLessThanOrEqualTo(8_010);
        }
        assertThat(disk.openFiles()).isZero();
    }
}
