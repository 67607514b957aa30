package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// What a read returns: where it starts, where it ends, and what it refuses.
class ReadTest {
    private static final int VALUE_BYTES = 1000;

    /// The batches appended, as they are stored. Each has two records.
    private final List<ByteBuffer> stored = new ArrayList<>();

    private void append(TestLog log, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            ByteBuffer batch = Batches.plain().of("#" + stored.size(), "x".repeat(VALUE_BYTES));
            PartitionLog.Append append = log.append(batch);
            BatchV2Format.place(batch, 0, append.baseOffset(), log.store.leaderEpoch());
            stored.add(batch);
            append.commit().awaitDurable();
        }
    }

    private static ByteBuffer read(TestLog log, long offset, int maxBytes, boolean firstWhole)
            throws IOException {
        try (LogRead read = log.partition().read(offset, maxBytes, firstWhole)) {
            ByteBuffer copy = read.slice().copy();
            assertThat(copy.remaining()).isEqualTo(read.slice().sizeBytes());
            var sent = new ByteArrayOutputStream();
            read.slice().writeTo(Channels.newChannel(sent));
            assertThat(ByteBuffer.wrap(sent.toByteArray())).isEqualTo(copy);
            return copy;
        }
    }

    /// Each check with everything in memory, with everything in segments, and with some in both.
    private interface Check {
        void run(TestLog log) throws Exception;
    }

    private void everywhere(Check check) throws Exception {
        for (int inSegments = 0; inSegments <= 60; inSegments += 20) {
            stored.clear();
            try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
                append(log, inSegments);
                log.store.checkpoint();
                append(log, 60 - inSegments);
                check.run(log);
            }
        }
    }

    @Test
    void offsets_outside_the_log_are_refused() throws Exception {
        everywhere(log -> {
            log.partition().trim(7).awaitDurable();
            for (long offset : new long[] {-1, 0, 6, 121, Long.MAX_VALUE}) {
                SinewException refusal =
                        catchThrowableOfType(
                                SinewException.class, () -> read(log, offset, 1, true));
                assertThat(refusal.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
                assertThat(refusal).hasMessageContaining("7 to 120");
            }
        });
    }

    @Test
    void the_end_is_no_error_and_holds_nothing() throws Exception {
        everywhere(log -> assertThat(read(log, 120, 1000, true).remaining()).isZero());
        try (TestLog empty = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            assertThat(read(empty, 0, 1000, true).remaining()).isZero();
        }
    }

    @Test
    void a_read_begins_with_the_batch_that_holds_the_offset() throws Exception {
        everywhere(log -> {
            for (int offset = 0; offset < 120; offset++) {
                ByteBuffer found = read(log, offset, 1 << 20, false);
                assertThat(TestLog.split(found).getFirst()).isEqualTo(stored.get(offset / 2));
            }
        });
    }

    @Test
    void a_read_returns_no_more_than_it_may() throws Exception {
        everywhere(log -> {
            int one = stored.get(30).remaining();
            for (int maxBytes : new int[] {0, 1, one - 1, one, one + 1, 3 * one}) {
                ByteBuffer found = read(log, 60, maxBytes, false);
                assertThat(found.remaining()).isLessThanOrEqualTo(maxBytes);
                List<ByteBuffer> whole = TestLog.split(found);
                assertThat(whole).isEqualTo(stored.subList(30, 30 + whole.size()));
                assertThat(whole.size())
                        .as("of " + maxBytes + " bytes")
                        .isLessThanOrEqualTo(maxBytes / one);
            }
        });
    }

    @Test
    void the_first_batch_comes_whole_when_that_is_wanted() throws Exception {
        everywhere(log -> {
            for (int offset = 0; offset < 120; offset += 7) {
                ByteBuffer found = read(log, offset, 1, true);
                assertThat(found).isEqualTo(stored.get(offset / 2));
            }
        });
    }

    @Test
    void reading_on_meets_each_batch_once_across_segments_and_memory() throws Exception {
        everywhere(log -> {
            for (int maxBytes : new int[] {1, 3000, 1 << 20}) {
                assertThat(TestLog.batches(log.partition(), 0, maxBytes)).isEqualTo(stored);
            }
        });
    }

    @Test
    void a_batch_larger_than_a_segment_has_one_of_its_own() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            append(log, 1);
            log.appendDurably(Batches.plain().ofBytes(100_000));
            log.store.checkpoint();
            append(log, 1);
            log.store.checkpoint();
            assertThat(TestLog.batches(log.partition(), 0, 10)).hasSize(3);
            assertThat(log.partition().segments().list()).hasSize(3);
        }
    }

    @Test
    void batches_that_claim_all_offsets_there_are_for_a_segment_do_not_stop_the_log()
            throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            for (int i = 0; i < 3; i++) {
                ByteBuffer batch = Batches.plain().of("one");
                batch.putInt(23, Integer.MAX_VALUE - 1).putInt(57, Integer.MAX_VALUE);
                var crc = new CRC32C();
                crc.update(batch.slice(21, batch.limit() - 21));
                batch.putInt(17, (int) crc.getValue());
                // The broker would refuse it; the log must not depend on that.
                log.appendDurably(batch);
            }
            log.store.checkpoint();
            assertThat(log.partition().endOffset()).isEqualTo(3L * Integer.MAX_VALUE);
            assertThat(TestLog.batches(log.partition(), 0, 10)).hasSize(3);
        }
    }

    @Test
    void the_size_of_a_partition_is_that_of_its_batches_also_after_a_crash() throws Exception {
        var disk = new FaultyDisk();
        TestLog log = TestLog.open(disk, TestLog.LAZY, 1);
        append(log, 10);
        // In memory while the checkpoint is made.
        disk.hold(FaultyDisk.Selection.of(FaultyDisk.Operation.SYNC, ".wal"));
        ByteBuffer late = Batches.plain().of("late");
        log.append(late);
        disk.awaitHeld();
        log.atSnapshot(disk::letGo);
        log.store.checkpoint();
        long expected = stored.stream().mapToLong(ByteBuffer::remaining).sum() + late.remaining();
        assertThat(log.partition().sizeBytes()).isEqualTo(expected);
        FaultyDisk after = disk.processDeath();
        log.abandon();
        try (TestLog again = TestLog.open(after, TestLog.LAZY, 1)) {
            assertThat(again.partition().sizeBytes()).isEqualTo(expected);
        }
    }

    @Test
    void a_slice_stays_as_it_was_when_its_bytes_move_to_a_segment() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            append(log, 20);
            try (LogRead read = log.partition().read(0, 1 << 20, true)) {
                ByteBuffer before = read.slice().copy();
                log.store.checkpoint();
                append(log, 200);
                log.store.checkpoint();
                append(log, 200);
                assertThat(read.slice().copy()).isEqualTo(before);
            }
            log.store.checkpoint();
            assertThat(log.store.buffersInUse()).isEqualTo(1);
        }
    }
}
