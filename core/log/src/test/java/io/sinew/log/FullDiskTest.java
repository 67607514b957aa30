package io.sinew.log;

import static io.sinew.kit.FaultyDisk.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Without space writes are refused and nothing else; with space again they are taken again.
class FullDiskTest {
    private static final String FULL = "No space left on device";

    private FaultyDisk disk = new FaultyDisk();

    /// Appends until the log says that the disk is full.
    private static List<Commit> fill(TestLog log) throws InterruptedException {
        var commits = new ArrayList<Commit>();
        while (true) {
            try {
                commits.add(log.append(Batches.plain().ofBytes(10_000)).commit());
            } catch (SinewException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL);
                assertThat(e).hasMessageContaining("free some space");
                return commits;
            }
        }
    }

    private static void appendWhenThereIsSpace(TestLog log) throws InterruptedException {
        while (log.store.health().status() instanceof LogHealth.Status.DiskFull) {
            Thread.onSpinWait();
        }
        log.appendDurably(Batches.plain().of("space again"));
    }

    @Test
    void a_full_disk_refuses_appends_and_takes_them_again_by_itself_and_loses_none()
            throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        log.appendDurably(Batches.plain().of("first"));
        disk.limitTo(disk.usedBytes() + 200_000);
        List<Commit> accepted = fill(log);
        assertThat(log.store.health().status()).isInstanceOf(LogHealth.Status.DiskFull.class);
        assertThatThrownBy(() -> log.record("refused")).hasMessageContaining("full");
        assertThat(TestLog.batches(log.partition(), 0, 1 << 20)).isNotEmpty();

        disk.heal();
        for (Commit commit : accepted) {
            commit.awaitDurable();
        }
        appendWhenThereIsSpace(log);
        assertThat(log.store.health().status()).isInstanceOf(LogHealth.Status.Running.class);
        int count = accepted.size() + 2;
        assertThat(TestLog.batches(log.partition(), 0, 1 << 20)).hasSize(count);

        disk = disk.powerFailure(new SplittableRandom(3));
        log.abandon();
        try (TestLog again = TestLog.open(disk, TestLog.SMALL, 1)) {
            assertThat(TestLog.batches(again.partition(), 0, 1 << 20)).hasSize(count);
        }
    }

    @Test
    void no_space_for_segments_refuses_appends_until_there_is() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1)) {
            disk.failEvery(FaultyDisk.Selection.of(WRITE, ".log"), new IOException(FULL));
            List<Commit> accepted = fill(log);
            for (Commit commit : accepted) {
                commit.awaitDurable();
            }
            assertThat(TestLog.batches(log.partition(), 0, 1 << 20)).hasSize(accepted.size());
            disk.heal();
            appendWhenThereIsSpace(log);
            log.store.checkpoint();
            assertThat(TestLog.batches(log.partition(), 0, 1 << 20)).hasSize(accepted.size() + 1);
            assertThat(log.unflushedBytes()).isZero();
        }
    }

    /// Opens a log of two partitions with some segments each; the segments get no more space as
    /// long as `file` is there.
    private TestLog openWithNoSpaceForSegmentsUnlessGone(Path file) throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 2);
        for (int i = 0; i < 12; i++) {
            log.appendDurably(Batches.plain().ofBytes(12_000));
            log.append(1, Batches.plain().ofBytes(12_000)).commit().awaitDurable();
        }
        log.store.checkpoint();
        assertThat(disk.exists(file)).isTrue();
        FaultyDisk.Selection writes = FaultyDisk.Selection.of(WRITE, ".log");
        disk.failEvery(event -> writes.test(event) && disk.exists(file), new IOException(FULL));
        for (Commit commit : fill(log)) {
            commit.awaitDurable();
        }
        assertThatThrownBy(() -> log.record("refused")).hasMessageContaining("full");
        return log;
    }

    @Test
    void a_trim_is_taken_while_segments_lack_space_and_brings_it_back() throws Exception {
        Path first = TestLog.directoryOf(0).resolve(Segment.name(0, Segment.LOG_SUFFIX));
        try (TestLog log = openWithNoSpaceForSegmentsUnlessGone(first)) {
            long start = log.partition().retainableStart(Long.MIN_VALUE, 50_000, Long.MAX_VALUE);
            log.partition().trim(start).awaitDurable();
            assertThat(log.partition().logStartOffset()).isPositive();
            assertThat(log.partition().deleteTrimmedSegments()).isPositive();
            appendWhenThereIsSpace(log);
            log.store.checkpoint();
            assertThat(log.unflushedBytes()).isZero();
        }
    }

    @Test
    void a_deletion_is_taken_while_segments_lack_space_and_brings_it_back() throws Exception {
        Path first = TestLog.directoryOf(1).resolve(Segment.name(0, Segment.LOG_SUFFIX));
        try (TestLog log = openWithNoSpaceForSegmentsUnlessGone(first)) {
            ByteBuffer body = ByteBuffer.wrap("deleted".getBytes(StandardCharsets.UTF_8));
            log.store.recordDeletion(TestLog.MACHINE, body).commit().awaitDurable();
            log.store.deletePartition(TestLog.id(1));
            appendWhenThereIsSpace(log);
            log.store.checkpoint();
            assertThat(disk.exists(TestLog.directoryOf(1))).isFalse();
            assertThat(log.unflushedBytes()).isZero();
        }
    }

    @Test
    void nothing_that_gives_space_back_is_taken_when_the_write_ahead_log_cannot_write_it()
            throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        log.appendDurably(Batches.plain().of("first"));
        disk.failEvery(FaultyDisk.Selection.of(WRITE, ".wal"), new IOException(FULL));
        fill(log);
        assertThatThrownBy(() -> log.partition().trim(1)).hasMessageContaining("full");
        assertThatThrownBy(() -> log.store.recordDeletion(TestLog.MACHINE, ByteBuffer.allocate(1)))
                .hasMessageContaining("full");
        assertThat(log.partition().logStartOffset()).isZero();
        log.abandon();
    }

    @Test
    void no_space_for_a_checkpoint_postpones_it() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.LAZY, 1);
        log.appendDurably(Batches.plain().of("a"));
        disk.failEvery(FaultyDisk.Selection.of(WRITE, "checkpoint.new"), new IOException(FULL));
        assertThatThrownBy(log.store::checkpoint).hasMessage(FULL);
        log.appendDurably(Batches.plain().of("b"));
        disk.heal();
        log.store.checkpoint();
        disk = disk.powerFailure(new SplittableRandom(3));
        log.abandon();
        try (TestLog again = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThat(TestLog.batches(again.partition(), 0, 1 << 20)).hasSize(2);
        }
    }

    @Test
    void a_checkpoint_that_is_due_is_made_by_itself_once_there_is_space() throws Exception {
        FaultyDisk.Selection writes = FaultyDisk.Selection.of(WRITE, "checkpoint.new");
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1)) {
            disk.failEvery(writes, new IOException(FULL));
            int before = disk.events(writes).size();
            for (int i = 0; i < 30; i++) {
                log.appendDurably(Batches.plain().ofBytes(20_000));
            }
            while (disk.events(writes).size() < before + 2) {
                Thread.onSpinWait();
            }
            disk.heal();
            while (disk.exists(WalFiles.pathOf(TestLog.WAL, 0))) {
                Thread.onSpinWait();
            }
            log.appendDurably(Batches.plain().of("goes on"));
        }
    }

    @Test
    void a_log_starts_on_a_full_disk() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.LAZY, 1);
        log.appendDurably(Batches.plain().of("a"));
        int epoch = log.store.leaderEpoch();
        disk = disk.processDeath();
        log.abandon();
        disk.failEvery(FaultyDisk.Selection.of(WRITE, "checkpoint.new"), new IOException(FULL));
        log = TestLog.open(disk, TestLog.LAZY, 1);
        assertThat(log.store.leaderEpoch()).isGreaterThan(epoch);
        assertThat(TestLog.batches(log.partition(), 0, 1 << 20)).hasSize(1);
        log.appendDurably(Batches.plain().of("b"));
        log.abandon();
    }

    @Test
    void closing_on_a_full_disk_ends_and_tells_those_who_wait() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        log.appendDurably(Batches.plain().of("first"));
        disk.failEvery(FaultyDisk.Selection.of(WRITE, ".wal"), new IOException(FULL));
        Commit last = fill(log).getLast();
        log.abandon();
        SinewException refusal = catchThrowableOfType(SinewException.class, last::awaitDurable);
        assertThat(refusal.code()).isEqualTo(ErrorCode.LOG_STOPPED);
        assertThat(disk.openFiles()).isZero();
        disk = disk.processDeath();
        try (TestLog again = TestLog.open(disk, TestLog.SMALL, 1)) {
            assertThat(again.partition().endOffset()).isBetween(1L, 2L);
        }
    }

    @Test
    void closing_ends_while_segments_cannot_be_written() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        disk.failEvery(FaultyDisk.Selection.of(WRITE, ".log"), new IOException(FULL));
        List<Commit> accepted = fill(log);
        assertThatThrownBy(log::close).hasMessage(FULL);
        log.data.close();
        assertThat(disk.openFiles()).isZero();
        disk = disk.processDeath();
        try (TestLog again = TestLog.open(disk, TestLog.SMALL, 1)) {
            assertThat(again.partition().endOffset()).isEqualTo(accepted.size());
        }
    }
}
