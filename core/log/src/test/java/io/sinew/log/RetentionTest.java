package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// What is trimmed is gone and stays gone; what is not is never deleted.
class RetentionTest {
    private static final long NO_AGE = Long.MIN_VALUE;
    private static final long NO_SIZE = Long.MAX_VALUE;

    /// No timestamp is later.
    private static final long NOW = Long.MAX_VALUE;

    private FaultyDisk disk = new FaultyDisk();

    /// Ten segments of three batches each; batch `i` is of time `i`.
    private TestLog openWithTenSegments() throws Exception {
        return openWithTenSegments(TestLog.LAZY);
    }

    private TestLog openWithTenSegments(LogLimits limits) throws Exception {
        TestLog log = TestLog.open(disk, limits, 1);
        for (int i = 0; i < 30; i++) {
            log.append(Batches.plain().at(i, 0).ofBytes(12_000));
        }
        log.store.barrier().awaitDurable();
        log.store.checkpoint();
        assertThat(segments()).hasSize(10);
        return log;
    }

    private List<Path> segments() throws IOException {
        return disk.list(TestLog.directoryOf(0)).stream()
                .filter(path -> path.toString().endsWith(".log"))
                .toList();
    }

    private static void assertOutOfRange(PartitionLog partition, long offset) {
        SinewException refusal =
                catchThrowableOfType(
                        SinewException.class, () -> partition.read(offset, 1000, true).close());
        assertThat(refusal.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void what_was_trimmed_cannot_be_read_also_after_a_crash() throws Exception {
        TestLog log = openWithTenSegments();
        log.partition().trim(10).awaitDurable();
        assertOutOfRange(log.partition(), 9);
        assertThat(TestLog.batches(log.partition(), 10, 1)).hasSize(20);
        disk = disk.processDeath();
        log.abandon();
        try (TestLog again = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThat(again.partition().logStartOffset()).isEqualTo(10);
            assertOutOfRange(again.partition(), 9);
            assertThat(TestLog.batches(again.partition(), 10, 1)).hasSize(20);
        }
        try (TestLog third = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThat(third.partition().logStartOffset()).isEqualTo(10);
        }
    }

    @Test
    void nothing_beyond_the_end_can_be_trimmed_and_nothing_is_trimmed_twice() throws Exception {
        try (TestLog log = openWithTenSegments()) {
            SinewException refusal =
                    catchThrowableOfType(SinewException.class, () -> log.partition().trim(31));
            assertThat(refusal.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
            log.partition().trim(10).awaitDurable();
            log.partition().trim(5).awaitDurable();
            assertThat(log.partition().logStartOffset()).isEqualTo(10);
        }
    }

    @Test
    void only_segments_that_lie_wholly_before_the_start_are_deleted() throws Exception {
        try (TestLog log = openWithTenSegments()) {
            PartitionLog partition = log.partition();
            long before = partition.sizeBytes();
            partition.trim(8).awaitDurable();
            long freed = partition.deleteTrimmedSegments();
            assertThat(segments()).hasSize(8);
            assertThat(partition.sizeBytes()).isEqualTo(before - freed);
            assertThat(freed * 5).isEqualTo(before);
            assertThat(TestLog.batches(partition, 8, 1)).hasSize(22);
            assertThat(partition.deleteTrimmedSegments()).isZero();
        }
    }

    @Test
    void segments_stay_until_the_trim_that_frees_them_is_durable() throws Exception {
        try (TestLog log = openWithTenSegments()) {
            disk.hold(FaultyDisk.Selection.of(FaultyDisk.Operation.SYNC, ".wal"));
            log.partition().trim(9);
            disk.awaitHeld();
            var deletion = new FutureTask<>(() -> log.partition().deleteTrimmedSegments());
            Thread thread = Thread.ofPlatform().start(deletion);
            while (thread.getState() != Thread.State.WAITING
                    && thread.getState() != Thread.State.TERMINATED) {
                Thread.onSpinWait();
            }
            int left = segments().size();
            disk.letGo();
            assertThat(left).isEqualTo(10);
            assertThat(deletion.get()).isPositive();
            assertThat(segments()).hasSize(7);
        }
    }

    @Test
    void with_durability_os_segments_go_only_when_the_trim_survives_a_power_failure()
            throws Exception {
        LogLimits limits = TestLog.LAZY.withDurability(LogLimits.Durability.OS);
        for (int seed = 0; seed < 40; seed++) {
            disk = new FaultyDisk();
            TestLog log = openWithTenSegments(limits);
            log.partition().trim(20).awaitDurable();
            log.partition().deleteTrimmedSegments();
            assertThat(segments()).hasSize(4);
            disk = disk.powerFailure(new SplittableRandom(seed));
            log.abandon();
            try (TestLog again = TestLog.open(disk, limits, 1)) {
                assertThat(again.partition().logStartOffset()).isEqualTo(20);
                assertThat(TestLog.batches(again.partition(), 20, 1)).hasSize(10);
            }
        }
    }

    @Test
    void a_log_that_is_trimmed_to_its_end_goes_on_in_a_new_segment_and_frees_the_old()
            throws Exception {
        TestLog log = openWithTenSegments();
        log.partition().trim(30).awaitDurable();
        log.partition().deleteTrimmedSegments();
        assertThat(segments()).hasSize(1);
        log.appendDurably(Batches.plain().of("next"));
        log.store.checkpoint();
        log.partition().deleteTrimmedSegments();
        assertThat(segments()).singleElement().asString().contains("0000000000000000030.log");
        disk = disk.processDeath();
        log.abandon();
        try (TestLog again = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThat(again.partition().logStartOffset()).isEqualTo(30);
            assertThat(TestLog.batches(again.partition(), 30, 1)).hasSize(1);
            assertOutOfRange(again.partition(), 29);
        }
    }

    @Test
    void retention_by_age_keeps_the_first_segment_with_anything_young_and_all_after_it()
            throws Exception {
        try (TestLog log = openWithTenSegments()) {
            PartitionLog partition = log.partition();
            assertThat(partition.retainableStart(NO_AGE, NO_SIZE, NOW)).isZero();
            assertThat(partition.retainableStart(2, NO_SIZE, NOW)).isZero();
            assertThat(partition.retainableStart(3, NO_SIZE, NOW)).isEqualTo(3);
            assertThat(partition.retainableStart(16, NO_SIZE, NOW)).isEqualTo(15);
            assertThat(partition.retainableStart(29, NO_SIZE, NOW)).isEqualTo(27);
        }
    }

    @Test
    void an_active_segment_goes_by_age_only_when_nothing_younger_is_on_its_way() throws Exception {
        try (TestLog log = openWithTenSegments()) {
            PartitionLog partition = log.partition();
            assertThat(partition.retainableStart(30, NO_SIZE, NOW)).isEqualTo(30);
            log.appendDurably(Batches.plain().at(40, 0).of("young, in memory"));
            assertThat(partition.retainableStart(30, NO_SIZE, NOW)).isEqualTo(27);
            log.store.checkpoint();
            assertThat(partition.retainableStart(30, NO_SIZE, NOW)).isEqualTo(27);
        }
    }

    @Test
    void records_without_a_time_never_grow_old() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            for (int i = 0; i < 9; i++) {
                log.append(Batches.plain().at(-1, 0).ofBytes(12_000));
            }
            log.store.barrier().awaitDurable();
            log.store.checkpoint();
            assertThat(log.partition().retainableStart(Long.MAX_VALUE, NO_SIZE, NOW)).isZero();
        }
    }

    @Test
    void a_segment_from_the_future_is_as_old_as_its_file() throws Exception {
        try (TestLog log = openWithTenSegments()) {
            PartitionLog partition = log.partition();
            // Batch 11 is the last of the fourth segment.
            assertThat(partition.retainableStart(10, NO_SIZE, 10)).isEqualTo(9);
            for (Path segment : segments()) {
                disk.setModifiedMs(segment, 8);
            }
            assertThat(partition.retainableStart(8, NO_SIZE, 10)).isEqualTo(6);
            assertThat(partition.retainableStart(9, NO_SIZE, 10)).isEqualTo(30);
        }
    }

    @Test
    void retention_by_size_keeps_at_least_as_much_as_it_says() throws Exception {
        try (TestLog log = openWithTenSegments()) {
            PartitionLog partition = log.partition();
            long segment = partition.sizeBytes() / 10;
            assertThat(partition.retainableStart(NO_AGE, 10 * segment, NOW)).isZero();
            assertThat(partition.retainableStart(NO_AGE, 9 * segment + 1, NOW)).isZero();
            assertThat(partition.retainableStart(NO_AGE, 9 * segment, NOW)).isEqualTo(3);
            assertThat(partition.retainableStart(NO_AGE, 2 * segment, NOW)).isEqualTo(24);
            assertThat(partition.retainableStart(NO_AGE, 0, NOW)).isEqualTo(27);
        }
    }

    @Test
    void segments_that_were_deleted_since_the_checkpoint_do_not_count_after_a_crash()
            throws Exception {
        TestLog log = openWithTenSegments();
        long segment = log.partition().sizeBytes() / 10;
        log.partition().trim(9).awaitDurable();
        log.partition().deleteTrimmedSegments();
        disk = disk.processDeath();
        log.abandon();
        try (TestLog again = TestLog.open(disk, TestLog.LAZY, 1)) {
            PartitionLog partition = again.partition();
            assertThat(partition.retainableStart(NO_AGE, 7 * segment, NOW)).isEqualTo(9);
            assertThat(partition.retainableStart(NO_AGE, 6 * segment, NOW)).isEqualTo(12);
            assertThat(partition.sizeBytes()).isEqualTo(7 * segment);
            again.appendDurably(Batches.plain().ofBytes(12_000));
            assertThat(partition.sizeBytes()).isEqualTo(7 * segment + segment / 3);
            again.store.checkpoint();
            assertThat(partition.sizeBytes()).isEqualTo(7 * segment + segment / 3);
        }
        try (TestLog third = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThat(third.partition().sizeBytes()).isEqualTo(7 * segment + segment / 3);
        }
    }

    @Test
    void a_trim_in_the_replayed_log_does_not_make_deleted_segments_pass_for_lost()
            throws Exception {
        TestLog log = openWithTenSegments();
        // More than the buffers hold, so that the next start flushes before it meets the trim.
        for (int i = 0; i < 200; i++) {
            log.append(Batches.plain().at(i, 0).ofBytes(50_000)).commit().awaitDurable();
        }
        log.partition().trim(25).awaitDurable();
        log.partition().deleteTrimmedSegments();
        disk = disk.processDeath();
        log.abandon();
        try (TestLog again = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThat(TestLog.batches(again.partition(), 25, 1)).hasSize(205);
        }
    }

    @Test
    void a_full_segment_whose_name_came_back_without_its_successor_is_not_appended_to()
            throws Exception {
        TestLog log = openWithTenSegments();
        Path full = segments().get(8);
        Path active = segments().get(9);
        // Each takes a page, so that a start must flush before it has met them all.
        for (int i = 0; i < 2500; i++) {
            log.appendDurably(Batches.plain().of("small " + i));
        }
        log.partition().trim(2530).awaitDurable();
        disk = disk.processDeath();
        log.abandon();
        // Both were deleted, and the crash undid only the first. The next start moves batches to
        // segments before it meets the trim.
        disk.delete(active);
        byte[] content = disk.contentOf(full);
        try (TestLog again = TestLog.open(disk, TestLog.LAZY, 1)) {
            again.appendDurably(Batches.plain().of("next"));
            again.store.checkpoint();
            assertThat(disk.contentOf(full)).isEqualTo(content);
            assertThat(TestLog.batches(again.partition(), 2530, 1)).hasSize(1);
        }
    }

    @Test
    void what_a_crash_left_behind_the_end_of_a_segment_stays_cut_off() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.LAZY, 1);
        log.appendDurably(Batches.plain().of("first"));
        log.store.checkpoint();
        disk = disk.processDeath();
        log.abandon();
        Path segment = segments().getFirst();
        byte[] content = disk.contentOf(segment);
        disk.put(segment, Arrays.copyOf(content, content.length + 700));
        log = TestLog.open(disk, TestLog.LAZY, 1);
        log.partition().configure(new PartitionConfig(1, Long.MAX_VALUE, 4096));
        log.appendDurably(Batches.plain().of("in the next segment"));
        log.store.checkpoint();
        for (int seed = 0; seed < 20; seed++) {
            FaultyDisk after = disk.powerFailure(new SplittableRandom(seed));
            try (TestLog again = TestLog.open(after, TestLog.LAZY, 1)) {
                assertThat(TestLog.batches(again.partition(), 0, 1 << 20)).hasSize(2);
            }
        }
        log.abandon();
    }

    @Test
    void what_a_failed_write_left_is_cut_off_when_its_segment_is_full() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        log.appendDurably(Batches.plain().of("first"));
        log.store.checkpoint();
        disk.hold(FaultyDisk.Selection.of(FaultyDisk.Operation.WRITE, ".log"));
        disk.failNext(
                FaultyDisk.Selection.of(FaultyDisk.Operation.WRITE, ".log"),
                new IOException("No space left on device"));
        log.appendDurably(Batches.plain().of("second", "half of it is written"));
        disk.awaitHeld();
        // From now on a new segment is due.
        log.partition().configure(new PartitionConfig(1, Long.MAX_VALUE, 4096));
        disk.letGo();
        while (log.unflushedBytes() > 0) {
            Thread.onSpinWait();
        }
        log.store.checkpoint();
        disk = disk.processDeath();
        log.abandon();
        try (TestLog again = TestLog.open(disk, TestLog.SMALL, 1)) {
            assertThat(again.partition().segments().list()).hasSize(2);
            assertThat(TestLog.batches(again.partition(), 0, 1 << 20)).hasSize(2);
        }
    }
}
