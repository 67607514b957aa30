package io.sinew.log;

import static io.sinew.kit.FaultyDisk.Operation.SYNC;
import static io.sinew.kit.FaultyDisk.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Group commit: who is told what, and when.
class WalTest {
    private FaultyDisk disk = new FaultyDisk();

    @Test
    void nothing_is_acknowledged_or_readable_before_its_sync_is_done() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1)) {
            disk.hold(FaultyDisk.Selection.of(SYNC, ".wal"));
            PartitionLog.Append append = log.append(Batches.plain().of("a"));
            append.commit().awaitWritten();
            disk.awaitHeld();
            try (LogRead read = log.partition().read(0, 1000, true)) {
                assertThat(read.slice().sizeBytes()).isZero();
                assertThat(append.commit().isSettled()).isFalse();
                assertThat(log.partition().endOffset()).isZero();
                assertThat(log.partition().nextOffset()).isEqualTo(1);
            } finally {
                disk.letGo();
            }
            append.commit().awaitDurable();
            assertThat(log.partition().endOffset()).isEqualTo(1);
        }
    }

    @Test
    void a_barrier_waits_for_what_is_being_written_and_for_nothing_more() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1)) {
            disk.hold(FaultyDisk.Selection.of(SYNC, ".wal"));
            log.append(Batches.plain().of("a"));
            disk.awaitHeld();
            Commit barrier = log.store.barrier();
            boolean settledEarly = barrier.isSettled();
            disk.letGo();
            assertThat(settledEarly).isFalse();
            barrier.awaitDurable();
            assertThat(log.partition().endOffset()).isEqualTo(1);
        }
    }

    @Test
    void a_record_that_fits_no_file_is_refused_and_harms_nobody() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1)) {
            log.append(Batches.plain().of("before"));
            assertThatThrownBy(() -> log.append(Batches.plain().ofBytes(64 << 10)))
                    .extracting(e -> ((SinewException) e).code())
                    .isEqualTo(ErrorCode.BATCH_TOO_LARGE);
            assertThatThrownBy(() -> log.record("x".repeat(64 << 10)))
                    .isInstanceOf(SinewException.class);
            log.appendDurably(Batches.plain().of("after"));
            assertThat(log.partition().endOffset()).isEqualTo(2);
        }
    }

    @Test
    void a_block_that_fills_its_file_to_the_last_byte_is_durable_when_it_is_acknowledged()
            throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        disk.hold(FaultyDisk.Selection.of(WRITE, ".wal"));
        log.append(Batches.plain().ofBytes(30_000));
        disk.awaitHeld();
        // In the next group: one block to the file's end, and one in the next file.
        log.append(Batches.plain().ofBytes(30_000));
        Commit last = log.append(Batches.plain().ofBytes(30_000)).commit();
        disk.letGo();
        last.awaitDurable();
        disk.failEvery(_ -> true, new IOException("Input/output error"));
        for (int seed = 0; seed < 20; seed++) {
            FaultyDisk after = disk.powerFailure(new SplittableRandom(seed));
            try (TestLog again = TestLog.open(after, TestLog.SMALL, 1)) {
                assertThat(again.partition().endOffset()).isEqualTo(3);
            }
        }
        log.abandon();
    }

    @Test
    void what_a_killed_process_left_unsynced_is_durable_once_it_is_served() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.LAZY, 1);
        log.appendDurably(Batches.plain().of("acknowledged"));
        disk.hold(FaultyDisk.Selection.of(SYNC, ".wal"));
        log.append(Batches.plain().of("only written"));
        disk.awaitHeld();
        disk = disk.processDeath();
        log.abandon();
        TestLog second = TestLog.open(disk, TestLog.LAZY, 1);
        long served = second.partition().endOffset();
        assertThat(served).isEqualTo(2);
        for (int seed = 0; seed < 20; seed++) {
            FaultyDisk after = disk.powerFailure(new SplittableRandom(seed));
            try (TestLog third = TestLog.open(after, TestLog.LAZY, 1)) {
                assertThat(third.partition().endOffset()).isEqualTo(served);
            }
        }
        second.abandon();
    }

    @Test
    void nothing_is_taken_after_the_log_was_closed() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        log.close();
        assertThatThrownBy(() -> log.append(Batches.plain().of("late")))
                .extracting(e -> ((SinewException) e).code())
                .isEqualTo(ErrorCode.LOG_STOPPED);
        log.close();
    }

    @Test
    void spares_that_a_crash_left_are_used_one_after_the_other() throws Exception {
        for (int life = 0; life < 4; life++) {
            TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
            for (int i = 0; i < 40; i++) {
                log.appendDurably(Batches.plain().ofBytes(10_000));
                if (i % 10 == 0) {
                    log.store.checkpoint();
                }
            }
            assertThat(log.partition().endOffset()).isEqualTo(40L * (life + 1));
            disk = disk.processDeath();
            log.abandon();
        }
        assertThat(disk.list(TestLog.WAL)).hasSizeLessThan(20);
    }

    @Test
    void with_durability_os_nothing_waits_for_a_sync() throws Exception {
        LogLimits limits = TestLog.LAZY.withDurability(LogLimits.Durability.OS);
        TestLog log = TestLog.open(disk, limits, 1);
        disk.hold(FaultyDisk.Selection.of(SYNC, ".wal"));
        log.appendDurably(Batches.plain().of("a"));
        log.record("state").awaitDurable();
        disk = disk.processDeath();
        log.abandon();
        try (TestLog again = TestLog.open(disk, limits, 1)) {
            assertThat(again.partition().endOffset()).isEqualTo(1);
            assertThat(again.records).containsExactly("state");
        }
    }

    @Test
    void with_durability_os_a_power_failure_leaves_all_that_a_checkpoint_knows() throws Exception {
        LogLimits limits = TestLog.LAZY.withDurability(LogLimits.Durability.OS);
        Trials.run(
                60,
                random -> {
                    disk = new FaultyDisk();
                    int known = 0;
                    int states = 0;
                    int epoch = -1;
                    for (int life = 0; life < 4; life++) {
                        TestLog log = TestLog.open(disk, limits, 1);
                        PartitionLog partition = log.partition();
                        assertThat(log.store.leaderEpoch()).isGreaterThan(epoch);
                        epoch = log.store.leaderEpoch();
                        long start = partition.logStartOffset();
                        assertThat(partition.endOffset()).isGreaterThanOrEqualTo(known);
                        assertThat(start).isBetween(0L, partition.endOffset());
                        assertThat(TestLog.batches(partition, start, 1))
                                .hasSize((int) (partition.endOffset() - start));
                        assertThat(log.records).hasSizeGreaterThanOrEqualTo(states);
                        for (int i = 0; i < 10; i++) {
                            log.appendDurably(Batches.plain().ofBytes(random.nextInt(20_000)));
                            log.record("state");
                        }
                        partition.trim(partition.endOffset() - random.nextInt(10)).awaitWritten();
                        if (random.nextBoolean()) {
                            log.store.checkpoint();
                            known = (int) partition.endOffset();
                            states = log.records.size();
                        }
                        log.appendDurably(Batches.plain().of("served, and perhaps lost"));
                        disk = disk.powerFailure(random);
                        log.abandon();
                    }
                });
    }

    @Test
    void no_epoch_is_given_twice_even_when_nothing_else_is_left_of_it() throws Exception {
        int epoch = -1;
        for (int seed = 0; seed < 20; seed++) {
            TestLog log = TestLog.open(disk, TestLog.LAZY, 1);
            assertThat(log.store.leaderEpoch()).isGreaterThan(epoch);
            epoch = log.store.leaderEpoch();
            disk = disk.powerFailure(new SplittableRandom(seed));
            log.abandon();
        }
    }

    @Test
    void nobody_waits_for_ever_when_a_watcher_throws() throws Exception {
        for (Throwable bug : List.of(new IllegalStateException("a bug"), new AssertionError())) {
            TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1);
            log.partition()
                    .watch(_ -> {
                        if (bug instanceof Error error) {
                            throw error;
                        }
                        throw (RuntimeException) bug;
                    });
            Commit commit = log.append(Batches.plain().of("a")).commit();
            Commit barrier = log.store.barrier();
            for (Commit waited : List.of(commit, barrier)) {
                assertThatThrownBy(waited::awaitDurable)
                        .extracting(e -> ((SinewException) e).code())
                        .isEqualTo(ErrorCode.LOG_STOPPED);
            }
            log.abandon();
        }
    }
}
