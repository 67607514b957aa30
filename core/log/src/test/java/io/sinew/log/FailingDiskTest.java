package io.sinew.log;

import static io.sinew.kit.FaultyDisk.Operation.MOVE;
import static io.sinew.kit.FaultyDisk.Operation.SYNC;
import static io.sinew.kit.FaultyDisk.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// One operation of the disk fails: its caller is told, or nothing is lost.
class FailingDiskTest {
    private static final String BROKEN = "Input/output error";
    private static final String FULL = "No space left on device";

    private FaultyDisk disk = new FaultyDisk();

    /// A little of everything, with the same disk operations each time as far as threads allow.
    private static final class Scenario {
        private final List<ByteBuffer> acknowledged = new ArrayList<>();
        private final List<String> records = new ArrayList<>();
        private final List<String> acknowledgedRecords = new ArrayList<>();
        private long acknowledgedStart;
        private boolean stopped;

        /// Plays until something is refused.
        void play(FaultyDisk disk) throws InterruptedException {
            for (int life = 0; life < 2; life++) {
                TestLog log;
                try {
                    log = TestLog.open(disk, TestLog.SMALL, 2);
                } catch (IOException | SinewException e) {
                    return;
                }
                try {
                    work(log, life);
                    log.close();
                } catch (IOException | SinewException e) {
                    return;
                } finally {
                    stopped |= log.store.health().isStopped();
                    log.abandon();
                }
            }
        }

        private void work(TestLog log, int life) throws IOException, InterruptedException {
            for (int i = 0; i < 12; i++) {
                ByteBuffer batch =
                        Batches.plain().of("life " + life + " " + i, "x".repeat(i * 900));
                PartitionLog.Append append = log.append(batch);
                append.commit().awaitDurable();
                BatchV2Format.place(batch, 0, append.baseOffset(), log.store.leaderEpoch());
                acknowledged.add(batch);
                String text = "record " + life + " " + i;
                log.store.awaitRoom();
                records.add(text);
                log.record(text).awaitDurable();
                acknowledgedRecords.add(text);
                if (i % 4 == 3) {
                    log.store.checkpoint();
                }
                if (i == 9) {
                    log.partition().trim(log.partition().endOffset() - 8).awaitDurable();
                    acknowledgedStart = log.partition().logStartOffset();
                    log.partition().deleteTrimmedSegments();
                }
                TestLog.batches(log.partition(), log.partition().logStartOffset(), 20_000);
            }
        }

        /// What was acknowledged is there, and of the rest nothing that was not tried.
        void verify(TestLog log) throws IOException {
            assertThat(log.records).hasSizeGreaterThanOrEqualTo(acknowledgedRecords.size());
            assertThat(log.records).isEqualTo(records.subList(0, log.records.size()));
            long start = log.partition().logStartOffset();
            assertThat(start).isGreaterThanOrEqualTo(acknowledgedStart);
            List<ByteBuffer> expected =
                    acknowledged.stream()
                            .filter(batch -> BatchV2Format.lastOffset(batch, 0) >= start)
                            .toList();
            List<ByteBuffer> found = TestLog.batches(log.partition(), start, 20_000);
            assertThat(found.subList(0, expected.size())).isEqualTo(expected);
            assertThat(found).hasSizeBetween(expected.size(), expected.size() + 1);
        }
    }

    @Test
    void whichever_operation_fails_it_is_reported_or_nothing_is_lost() throws Exception {
        boolean failed = true;
        for (int operation = 1; failed; operation++) {
            failed = playWith(operation, BROKEN);
        }
    }

    @Test
    void a_moment_without_space_stops_nothing_but_a_sync() {
        Trials.run(25, random -> playWith(random.nextInt(30, 400), FULL));
    }

    /// @return whether the operation was reached
    private static boolean playWith(int operation, String failure) throws Exception {
        var disk = new FaultyDisk();
        var scenario = new Scenario();
        disk.failAt(operation, new IOException(failure));
        try {
            scenario.play(disk);
            FaultyDisk after =
                    operation % 2 == 0
                            ? disk.processDeath()
                            : disk.powerFailure(new SplittableRandom(operation));
            try (TestLog log = TestLog.open(after, TestLog.SMALL, 2)) {
                scenario.verify(log);
            }
            assertThat(disk.openFiles()).isZero();
            if (failure.equals(FULL) && disk.hasFailed()) {
                FaultyDisk.Event failed = disk.events(_ -> true).get(operation - 1);
                assertThat(scenario.stopped && failed.operation() != SYNC)
                        .as("stopped by " + failed)
                        .isFalse();
            }
        } catch (AssertionError | SinewException | IOException e) {
            throw new AssertionError("with operation " + operation + " failing", e);
        }
        return disk.hasFailed();
    }

    private static void assertStopped(TestLog log) {
        assertThat(log.store.health().status()).isInstanceOf(LogHealth.Status.Stopped.class);
        SinewException refusal =
                catchThrowableOfType(
                        SinewException.class, () -> log.append(Batches.plain().of("refused")));
        assertThat(refusal.code()).isEqualTo(ErrorCode.LOG_STOPPED);
        assertThatThrownBy(() -> log.record("refused")).hasMessageContaining("restart");
    }

    @Test
    void a_failed_sync_stops_the_log_for_good_and_is_never_tried_again() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.LAZY, 1);
        log.appendDurably(Batches.plain().of("good"));
        FaultyDisk.Selection syncs = FaultyDisk.Selection.of(SYNC, ".wal");
        disk.failNext(syncs, new IOException(BROKEN));
        Commit commit = log.append(Batches.plain().of("bad")).commit();
        assertThatThrownBy(commit::awaitDurable)
                .isInstanceOf(SinewException.class)
                .hasMessageContaining(BROKEN)
                .hasMessageContaining("restart");
        int tried = disk.events(syncs).size();
        assertStopped(log);
        assertThat(log.partition().endOffset()).isEqualTo(1);
        assertThat(TestLog.batches(log.partition(), 0, 1000)).hasSize(1);
        assertThatThrownBy(log.store::checkpoint).isInstanceOf(SinewException.class);
        log.close();
        assertThat(disk.events(syncs)).hasSize(tried);
        assertThat(disk.openFiles()).isZero();

        disk = disk.powerFailure(new SplittableRandom(1));
        try (TestLog again = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThat(again.partition().endOffset()).isEqualTo(1);
            again.appendDurably(Batches.plain().of("goes on"));
        }
    }

    @Test
    void what_a_failed_sync_marked_clean_is_written_again_before_anything_follows_it()
            throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            disk = new FaultyDisk();
            TestLog log = TestLog.open(disk, TestLog.LAZY, 1);
            log.appendDurably(Batches.plain().of("good"));
            disk.failNext(FaultyDisk.Selection.of(SYNC, ".wal"), new IOException(BROKEN));
            Commit commit = log.append(Batches.plain().ofBytes(30_000)).commit();
            assertThatThrownBy(commit::awaitDurable).isInstanceOf(SinewException.class);
            // The machine stays up, so the next process still reads what never reached the disk.
            disk = disk.processDeath();
            log.abandon();
            log = TestLog.open(disk, TestLog.LAZY, 1);
            assertThat(log.partition().endOffset()).isEqualTo(2);
            log.appendDurably(Batches.plain().of("follows"));
            disk = disk.powerFailure(new SplittableRandom(seed));
            log.abandon();
            try (TestLog again = TestLog.open(disk, TestLog.LAZY, 1)) {
                assertThat(TestLog.batches(again.partition(), 0, 1000)).hasSize(3);
            }
        }
    }

    /// Ends whoever does what is selected with an error that no disk has.
    private static FaultyDisk.Selection bug(FaultyDisk.Selection selection) {
        return event -> {
            if (selection.test(event)) {
                throw new AssertionError("a bug");
            }
            return false;
        };
    }

    @Test
    void a_bug_in_the_flusher_or_the_keeper_stops_the_log_and_is_no_silence() throws Exception {
        for (FaultyDisk.Selection broken :
                List.of(
                        FaultyDisk.Selection.of(WRITE, ".log"),
                        FaultyDisk.Selection.of(WRITE, "unfinished"))) {
            disk = new FaultyDisk();
            TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
            disk.hold(bug(broken));
            for (int i = 0; i < 3 && !log.store.health().isStopped(); i++) {
                log.append(Batches.plain().ofBytes(30_000));
            }
            while (!log.store.health().isStopped()) {
                Thread.onSpinWait();
            }
            assertStopped(log);
            log.abandon();
        }
    }

    @Test
    void a_bug_during_a_checkpoint_stops_the_log() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.LAZY, 1);
        log.appendDurably(Batches.plain().of("a"));
        disk.hold(bug(FaultyDisk.Selection.of(MOVE, "checkpoint.new")));
        assertThatThrownBy(log.store::checkpoint).isInstanceOf(SinewException.class);
        assertStopped(log);
        log.abandon();
    }

    @Test
    void a_segment_that_cannot_be_synced_stops_the_log_before_the_checkpoint_forgets_anything()
            throws Exception {
        TestLog log = TestLog.open(disk, TestLog.LAZY, 1);
        log.appendDurably(Batches.plain().of("good"));
        FaultyDisk.Selection syncs = FaultyDisk.Selection.of(SYNC, ".log");
        disk.failNext(syncs, new IOException(BROKEN));
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(log.store::checkpoint)
                    .isInstanceOf(SinewException.class)
                    .hasMessageContaining(BROKEN);
        }
        assertThat(disk.events(syncs)).hasSize(1);
        assertStopped(log);
        log.close();
        disk = disk.powerFailure(new SplittableRandom(1));
        try (TestLog again = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThat(TestLog.batches(again.partition(), 0, 1000)).hasSize(1);
        }
    }

    @Test
    void a_checkpoint_that_fails_half_way_forgets_no_segment_that_is_still_unsynced()
            throws Exception {
        var config = new PartitionConfig(64 << 20, Long.MAX_VALUE, 4096);
        TestLog log = TestLog.open(disk, TestLog.LAZY, 3, config);
        for (int partition = 0; partition < 3; partition++) {
            for (int i = 0; i < 3; i++) {
                log.append(partition, Batches.plain().ofBytes(400_000)).commit().awaitDurable();
            }
        }
        disk.failNext(FaultyDisk.Selection.of(WRITE, ".index"), new IOException(FULL));
        assertThatThrownBy(log.store::checkpoint).hasMessageContaining(FULL);
        log.store.checkpoint();
        disk = disk.powerFailure(new SplittableRandom(2));
        log.abandon();
        try (TestLog again = TestLog.open(disk, TestLog.LAZY, 3, config)) {
            for (PartitionLog partition : again.partitions) {
                assertThat(TestLog.batches(partition, 0, 1000)).hasSize(3);
            }
        }
    }

    @Test
    void a_failed_write_to_a_segment_stops_the_log_and_what_was_accepted_stays_readable()
            throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        disk.failEvery(FaultyDisk.Selection.of(WRITE, ".log"), new IOException(BROKEN));
        log.appendDurably(Batches.plain().of("accepted"));
        while (!log.store.health().isStopped()) {
            Thread.onSpinWait();
        }
        assertStopped(log);
        assertThat(TestLog.batches(log.partition(), 0, 1000)).hasSize(1);
        log.close();
        disk = disk.processDeath();
        try (TestLog again = TestLog.open(disk, TestLog.SMALL, 1)) {
            assertThat(TestLog.batches(again.partition(), 0, 1000)).hasSize(1);
        }
    }

    @Test
    void a_read_that_failed_once_succeeds_when_the_disk_does() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            log.appendDurably(Batches.plain().of("a"));
        }
        boolean failed = true;
        for (int number = 1; failed; number++) {
            try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
                disk.failAt(disk.operations() + number, new IOException(BROKEN));
                try (LogRead read = log.partition().read(0, 1000, true)) {
                    assertThat(TestLog.split(read.slice().copy())).hasSize(1);
                } catch (IOException e) {
                    assertThat(e).hasMessage(BROKEN);
                }
                failed = disk.hasFailed();
                disk.heal();
                assertThat(TestLog.batches(log.partition(), 0, 1000)).hasSize(1);
            }
        }
    }

    @Test
    void a_checkpoint_does_not_wait_for_a_spare_file() throws Exception {
        var limits =
                new LogLimits(
                        LogLimits.Durability.FSYNC,
                        64 << 10,
                        8 << 20,
                        64 << 10,
                        60_000,
                        32 << 10,
                        64,
                        64 << 10,
                        5,
                        10_000);
        try (TestLog log = TestLog.open(disk, limits, 1)) {
            disk.failEvery(FaultyDisk.Selection.of(WRITE, "unfinished"), new IOException(FULL));
            disk.hold(FaultyDisk.Selection.of(MOVE, "checkpoint.new"));
            for (int i = 0; i < 4; i++) {
                log.appendDurably(Batches.plain().ofBytes(30_000));
            }
            disk.awaitHeld();
            disk.letGo();
            assertThat(disk.exists(TestLog.WAL.resolve("unfinished"))).isFalse();
        }
    }
}
