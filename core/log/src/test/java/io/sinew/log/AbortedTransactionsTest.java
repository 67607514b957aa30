package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// What readers of committed records are told to skip, wherever its marker is.
class AbortedTransactionsTest {
    private static final long PRODUCER = 7;

    /// Appends two batches of one record and the marker that ends them.
    private static AbortedTransaction transaction(TestLog log, boolean commit) throws Exception {
        long first = log.append(Batches.plain().of("a")).baseOffset();
        log.append(Batches.plain().of("b"));
        return end(log, first, commit);
    }

    private static AbortedTransaction end(TestLog log, long first, boolean commit)
            throws Exception {
        long offset = log.partition().nextOffset();
        var marker = new MarkerV0Format.Marker(PRODUCER, (short) 3, commit, 1, first, offset + 1);
        log.appendDurably(MarkerV0Format.encode(marker, 1_000));
        return new AbortedTransaction(PRODUCER, first, offset, offset + 1);
    }

    @Test
    void a_marker_is_a_control_batch_that_says_how_the_transaction_ended() {
        for (long first : new long[] {-1, 42}) {
            var marker = new MarkerV0Format.Marker(9, (short) 2, first < 0, 5, first, first + 7);
            ByteBuffer bytes = MarkerV0Format.encode(marker, 1_000);
            BatchV2Format.place(bytes, 0, 46, 1);
            assertThat(BatchV2Format.checksumHolds(bytes, 0)).isTrue();
            assertThat(BatchV2Format.isControl(bytes, 0)).isTrue();
            assertThat(BatchV2Format.isTransactional(bytes, 0)).isTrue();
            assertThat(BatchV2Format.sizeBytes(bytes, 0)).isEqualTo(bytes.remaining());
            assertThat(BatchV2Format.maxTimestamp(bytes, 0)).isEqualTo(1_000);
            MarkerV0Format.Marker decoded = MarkerV0Format.decode(bytes, 0).orElseThrow();
            assertThat(decoded.commit()).isEqualTo(first < 0);
            assertThat(decoded.producerEpoch()).isEqualTo((short) 2);
            assertThat(decoded.firstOffset()).isEqualTo(first);
        }
    }

    @Test
    void only_what_was_aborted_and_overlaps_is_told() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            AbortedTransaction first = transaction(log, false);
            transaction(log, true);
            AbortedTransaction second = transaction(log, false);
            PartitionLog partition = log.partition();
            for (int round = 0; round < 2; round++) {
                assertThat(partition.abortedTransactions(0, 9)).containsExactly(first, second);
                assertThat(partition.abortedTransactions(0, 6)).containsExactly(first);
                assertThat(partition.abortedTransactions(2, 6)).containsExactly(first);
                assertThat(partition.abortedTransactions(3, 9)).containsExactly(second);
                assertThat(partition.abortedTransactions(3, 6)).isEmpty();
                assertThat(partition.abortedTransactions(9, 20)).isEmpty();
                // The same once more, from the segment.
                log.store.checkpoint();
            }
        }
    }

    @Test
    void a_transaction_that_spans_segments_is_told_to_readers_of_the_first() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.SMALL, 1)) {
            long first = log.append(Batches.plain().of("begin")).baseOffset();
            for (int i = 0; i < 20; i++) {
                log.appendDurably(Batches.plain().ofBytes(5_000));
            }
            AbortedTransaction aborted = end(log, first, false);
            log.store.checkpoint();
            assertThat(log.partition().segments().list()).hasSizeGreaterThan(2);
            assertThat(log.partition().abortedTransactions(0, 1)).containsExactly(aborted);
        }
    }

    @Test
    void they_are_known_after_a_restart_and_after_a_crash() throws Exception {
        var disk = new FaultyDisk();
        AbortedTransaction flushed;
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            flushed = transaction(log, false);
        }
        TestLog killed = TestLog.open(disk, TestLog.LAZY, 1);
        AbortedTransaction unflushed = transaction(killed, false);
        disk = disk.processDeath();
        killed.abandon();
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThat(log.partition().abortedTransactions(0, 6))
                    .containsExactly(flushed, unflushed);
            log.store.checkpoint();
            assertThat(log.partition().abortedTransactions(0, 6))
                    .containsExactly(flushed, unflushed);
        }
    }

    @Test
    void a_segment_without_its_index_still_says_what_was_aborted_in_it() throws Exception {
        var disk = new FaultyDisk();
        AbortedTransaction aborted;
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            aborted = transaction(log, false);
        }
        deleteIndexes(disk);
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThat(log.partition().abortedTransactions(0, 3)).containsExactly(aborted);
        }
    }

    @Test
    void a_damaged_marker_is_not_believed_when_the_index_is_made_anew() throws Exception {
        var disk = new FaultyDisk();
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            transaction(log, false);
        }
        deleteIndexes(disk);
        for (Path file : disk.list(TestLog.directoryOf(0))) {
            disk.flipBit(file, disk.size(file) - 3, 0);
        }
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            assertThatThrownBy(() -> log.partition().abortedTransactions(0, 3))
                    .isInstanceOfSatisfying(
                            SinewException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED_DATA))
                    .hasMessageContaining("the marker at offset 2 is damaged");
        }
    }

    private static void deleteIndexes(FaultyDisk disk) throws IOException {
        for (Path file : disk.list(TestLog.directoryOf(0))) {
            if (file.toString().endsWith(Segment.INDEX_SUFFIX)) {
                disk.delete(file);
            }
        }
    }

    @Test
    void a_read_can_end_before_the_log_does() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            transaction(log, true);
            transaction(log, true);
            for (int round = 0; round < 2; round++) {
                for (long upTo = 0; upTo <= 6; upTo++) {
                    assertThat(lastOffsetRead(log, upTo)).isEqualTo(upTo - 1);
                }
                log.store.checkpoint();
            }
        }
    }

    private static long lastOffsetRead(TestLog log, long upTo) throws IOException {
        try (LogRead read = log.partition().read(0, upTo, 1 << 20, true)) {
            ByteBuffer bytes = read.slice().copy();
            long last = -1;
            for (ByteBuffer batch : TestLog.split(bytes)) {
                last = BatchV2Format.lastOffset(batch, 0);
            }
            assertThat(last).isLessThan(Math.max(1, read.nextOffset()));
            return last;
        }
    }
}
