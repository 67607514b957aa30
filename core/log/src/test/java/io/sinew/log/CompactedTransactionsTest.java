package io.sinew.log;

import static io.sinew.log.CompactedLog.DROPPING;
import static io.sinew.log.CompactedLog.KEEPING;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What compaction makes of transactions, and what readers of committed records see of that.
class CompactedTransactionsTest {
    private static final int ROUNDS_MAX = 10;

    private FaultyDisk disk = new FaultyDisk();
    private CompactedLog on;

    @BeforeEach
    void open() throws IOException {
        on = CompactedLog.open(disk);
    }

    @AfterEach
    void close() throws IOException {
        disk.heal();
        on.log.abandon();
    }

    private void restart() throws IOException {
        on.close();
        on = CompactedLog.open(disk);
    }

    private void restartWithoutIndexes() throws IOException {
        on.close();
        for (Path file : CompactedLog.files(disk)) {
            if (file.toString().endsWith(Segment.INDEX_SUFFIX)) {
                disk.delete(file);
            }
        }
        on = CompactedLog.open(disk);
    }

    /// Offsets of the markers of the aborted transactions that readers are told of.
    private List<Long> told() throws IOException {
        return on.partition.abortedTransactions(0, Long.MAX_VALUE).stream()
                .map(AbortedTransaction::markerOffset)
                .toList();
    }

    private void compactAll(CompactionConfig config) throws Exception {
        on.fill();
        on.fill();
        on.compactAll(config);
    }

    private void compactUntilNothingIsAborted() throws Exception {
        for (int round = 0; round < ROUNDS_MAX && !told().isEmpty(); round++) {
            compactAll(DROPPING);
        }
        assertThat(told()).isEmpty();
    }

    // ---- what must not happen

    @Test
    void a_power_failure_does_not_take_the_marker_of_a_record_that_has_replaced_another()
            throws Exception {
        LogLimits limits = TestLog.LAZY.withDurability(LogLimits.Durability.OS);
        for (int seed = 0; seed < 40; seed++) {
            on.log.abandon();
            disk = new FaultyDisk();
            on = CompactedLog.open(disk, limits);
            on.appendSegment("a", "old");
            on.appendTransactional(5, "a", "new");
            on.fill();
            on.fill();
            on.checkpoint();
            on.end(5, true);
            long marker = on.partition.endOffset() - 1;
            assertThat(on.compact(KEEPING)).isTrue();
            assertThat(on.texts()).containsExactly("a=new@2");
            disk = disk.powerFailure(new SplittableRandom(seed));
            on.log.abandon();
            on = CompactedLog.open(disk, limits);
            assertThat(on.markers()).containsExactly(marker);
        }
    }

    @Test
    void an_open_transaction_holds_up_everything_from_its_first_record_on() throws Exception {
        on.appendSegment("a", "1");
        on.appendSegment("a", "2");
        on.appendTransactional(5, "a", "3");
        on.fill();
        on.appendSegment("a", "4");
        compactAll(KEEPING);
        assertThat(on.texts()).containsExactly("a=2@2", "a=3@4", "a=4@6");
        on.end(5, false);
        compactAll(KEEPING);
        assertThat(on.texts()).containsExactly("a=4@6");
    }

    @Test
    void a_marker_stays_while_any_batch_of_its_transaction_does() throws Exception {
        on.appendTransactional(5, "a", "1");
        on.appendTransactional(5, "a", "2");
        on.end(5, false);
        var last = new CompactionFacts(Long.MAX_VALUE, Map.of(5L, 1L));
        for (int round = 0; round < 4; round++) {
            on.fill();
            on.fill();
            on.checkpoint();
            assertThat(on.compact(DROPPING, last)).isTrue();
            assertThat(on.batches())
                    .anyMatch(batch ->
                            BatchV2Format.lastOffset(batch, 0) == 1
                                    && BatchV2Format.recordCount(batch, 0) == 0);
            assertThat(on.markers()).containsExactly(2L);
            assertThat(told()).containsExactly(2L);
        }
        // The producer is forgotten.
        compactUntilNothingIsAborted();
        assertThat(on.markers()).isEmpty();
    }

    @Test
    void a_reader_between_two_states_of_the_log_is_not_told_of_one_what_is_true_of_the_other()
            throws Exception {
        on.append(KeyedBatch.plain().of("a", "good"));
        on.appendTransactional(5, "a", "aborted");
        on.fill();
        on.end(5, false);
        on.fill();
        on.fill();
        restart();
        // Keeps the old file open, or the reader would notice.
        try (LogRead first = on.partition.read(0, 80, true)) {
            assertThat(first.slice().sizeBytes()).isPositive();
            var reader = new FutureTask<>(() -> on.partition.readCommitted(1, 4, 700, true));
            Thread thread = Thread.ofPlatform().unstarted(reader);
            disk.hold(event ->
                    event.operation() == FaultyDisk.Operation.READ
                            && Thread.currentThread().equals(thread));
            thread.start();
            disk.awaitHeld();
            compactUntilNothingIsAborted();
            disk.letGo();
            CommittedRead found = reader.get();
            try (LogRead read = found.read()) {
                List<String> aborted =
                        TestLog.split(read.slice().copy()).stream()
                                .filter(batch -> BatchV2Format.isTransactional(batch, 0))
                                .filter(batch -> BatchV2Format.recordCount(batch, 0) > 0)
                                .map(batch -> KeyedBatch.read(batch).toString())
                                .toList();
                assertThat(aborted)
                        .as("batches of which nobody says that they were aborted")
                        .isEmpty();
            }
        }
    }

    @Test
    void a_look_up_whose_segments_go_in_the_middle_of_it_misses_nothing_of_the_others()
            throws Exception {
        for (int i = 0; i < 3; i++) {
            on.appendTransactional(5, "a", "aborted");
            on.end(5, false);
            on.fill();
        }
        List<Long> all = told();
        restart();
        var lookUp = new FutureTask<>(this::told);
        Thread thread = Thread.ofPlatform().unstarted(lookUp);
        disk.hold(event ->
                event.operation() == FaultyDisk.Operation.READ
                        && Thread.currentThread().equals(thread));
        thread.start();
        disk.awaitHeld();
        on.partition.trim(all.getLast() - 1).awaitDurable();
        assertThat(on.partition.deleteTrimmedSegments()).isPositive();
        disk.letGo();
        assertThat(lookUp.get()).contains(all.getLast());
    }

    @Test
    void segments_are_not_put_together_if_too_many_aborted_transactions_would_end_in_one()
            throws Exception {
        on.close();
        var small = new PartitionConfig(4 << 20, Long.MAX_VALUE, 32 << 10);
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1, small)) {
            PartitionLog partition = log.partition();
            int count = Segments.MAX_ABORTED + Segments.MAX_ABORTED / 4;
            for (long i = 0; i < count; i++) {
                var marker = new MarkerV0Format.Marker(i, (short) 0, false, 0, i, i + 1);
                log.append(MarkerV0Format.encode(marker, 1_000_000));
            }
            log.store.checkpoint();
            partition.configure(new PartitionConfig(1 << 30, Long.MAX_VALUE, 32 << 10));
            assertThat(
                            log.store
                                    .compactor(CompactedLog.MAP_BYTES)
                                    .compact(
                                            partition,
                                            KEEPING,
                                            CompactedLog.facts(partition),
                                            () -> false))
                    .isTrue();
            for (Segment segment : partition.segments().list()) {
                assertThat(segment.abortedCount()).isBetween(1, Segments.MAX_ABORTED);
            }
            assertThat(partition.abortedTransactions(0, Long.MAX_VALUE)).hasSize(count);
        }
        on = CompactedLog.open(new FaultyDisk());
    }

    // ---- what goes and what stays

    @Test
    void records_of_aborted_transactions_go_and_replace_nothing() throws Exception {
        on.appendSegment("a", "good", "b", "good", "c", "good");
        on.appendTransactional(5, "a", "aborted", "c", null);
        on.appendTransactional(6, "b", "committed");
        on.end(6, true);
        on.end(5, false);
        assertThat(on.markers()).hasSize(2);
        List<Long> markers = on.markers();
        compactAll(KEEPING);
        assertThat(on.texts()).containsExactly("a=good@0", "c=good@2", "b=committed@6");
        assertThat(on.committedTexts()).isEqualTo(on.texts());
        assertThat(on.markers()).isEqualTo(markers);
        assertThat(told()).containsExactly(markers.getLast());
    }

    @Test
    void a_marker_goes_when_its_transactions_records_are_gone_and_its_time_has_come()
            throws Exception {
        on.appendTransactional(5, "a", "aborted");
        on.end(5, false);
        on.appendTransactional(6, "a", "committed");
        on.end(6, true);
        on.fill();
        for (int round = 0; round < 3; round++) {
            compactAll(DROPPING);
            List<Long> left = round < 2 ? List.of(1L, 3L) : List.of(3L);
            assertThat(on.markers()).isEqualTo(left);
            assertThat(told()).isEqualTo(round < 2 ? List.of(1L) : List.of());
            assertThat(on.committedTexts()).containsExactly("a=committed@2");
        }
    }

    @Test
    void a_marker_waits_for_its_time_and_keeps_its_own() throws Exception {
        on.appendTransactional(5, "a", "aborted");
        on.end(5, false);
        on.append(KeyedBatch.plain().at(999_999).of("b", "1"));
        for (int round = 0; round < 4; round++) {
            compactAll(KEEPING);
            assertThat(on.markers()).containsExactly(1L);
            restartWithoutIndexes();
            assertThat(told()).containsExactly(1L);
        }
        ByteBuffer marker = on.batches().getFirst();
        assertThat(BatchV2Format.baseOffset(marker, 0)).isEqualTo(1);
        assertThat(BatchV2Format.hasDeleteHorizon(marker, 0)).isTrue();
        assertThat(on.partition.firstAtOrAfter(1_000_000))
                .hasValueSatisfying(found -> assertThat(found.timestamp()).isEqualTo(1_000_000));
    }

    @Test
    void a_transaction_that_spans_segments_is_dropped_as_one() throws Exception {
        on.appendSegment("a", "good");
        for (int i = 0; i < 4; i++) {
            on.appendTransactional(5, "a", "aborted " + i);
            on.fill();
        }
        on.checkpoint();
        on.end(5, false);
        long marker = on.partition.endOffset() - 1;
        // The marker is in memory only, and beyond what is compacted.
        assertThat(on.compact(DROPPING)).isTrue();
        assertThat(on.texts()).startsWith("a=good@0").hasSizeLessThan(3);
        assertThat(on.committedTexts()).containsExactly("a=good@0");
        for (int round = 0; round < 4; round++) {
            assertThat(on.committedTexts()).containsExactly("a=good@0");
            compactAll(DROPPING);
            restart();
        }
        assertThat(on.texts()).containsExactly("a=good@0");
        assertThat(on.markers()).doesNotContain(marker);
    }

    // ---- what readers are told

    @Test
    void what_readers_are_told_is_what_the_markers_left_say() throws Exception {
        for (int i = 0; i < 6; i++) {
            on.appendTransactional(i % 2, "a", "1 " + i);
            on.end(i % 2, i % 3 == 0);
            if (i % 2 == 0) {
                on.fill();
            }
        }
        assertThat(told()).hasSize(4);
        for (int round = 0; round < ROUNDS_MAX; round++) {
            List<Long> aborted =
                    on.batches().stream()
                            .filter(batch -> MarkerV0Format.aborted(batch, 0).isPresent())
                            .map(batch -> BatchV2Format.baseOffset(batch, 0))
                            .toList();
            assertThat(told()).isEqualTo(aborted);
            assertThat(on.committedTexts()).endsWith("a=1 3@" + committedAt());
            restart();
            assertThat(told()).isEqualTo(aborted);
            restartWithoutIndexes();
            assertThat(told()).isEqualTo(aborted);
            compactAll(DROPPING);
        }
        assertThat(told()).isEmpty();
    }

    private long committedAt() throws IOException {
        return on.entries().stream()
                .filter(entry -> "1 3".equals(entry.value()))
                .findFirst()
                .orElseThrow()
                .offset();
    }
}
