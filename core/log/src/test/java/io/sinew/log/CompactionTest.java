package io.sinew.log;

import static io.sinew.log.CompactedLog.DROPPING;
import static io.sinew.log.CompactedLog.KEEPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.SinewException;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a compaction takes out, and what it must leave.
class CompactionTest {
    private static final int GZIP = 1;
    private static final int ZSTD = 4;

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

    private void crash() throws IOException {
        disk = disk.processDeath();
        on.log.abandon();
        on = CompactedLog.open(disk);
    }

    // ---- what must not happen

    @Test
    void a_damaged_batch_ends_the_compaction_and_nothing_is_changed() throws Exception {
        on.appendSegment("a", "1");
        on.appendSegment("a", "2");
        on.fill();
        on.checkpoint();
        Path segment = TestLog.directoryOf(0).resolve(Segment.name(0, ".log"));
        byte[] intact = disk.contentOf(segment);
        List<Path> before = CompactedLog.files(disk);
        // A bit of each batch's base offset, and one of a record.
        for (int position : List.of(0, 65, 70, 77)) {
            disk.flipBit(segment, position, 1);
            byte[] damaged = disk.contentOf(segment);
            assertThat(damaged).isNotEqualTo(intact);
            assertThatThrownBy(() -> on.compact(KEEPING))
                    .isInstanceOf(SinewException.class)
                    .hasMessageContaining(segment + " is damaged: a batch");
            assertThat(disk.contentOf(segment)).isEqualTo(damaged);
            assertThat(CompactedLog.files(disk)).isEqualTo(before);
            assertThat(on.partition.compactedOffset()).isZero();
            disk.flipBit(segment, position, 1);
        }
    }

    @Test
    void a_tombstone_is_not_dropped_while_a_batch_stays_that_nobody_can_unpack() throws Exception {
        on.append(KeyedBatch.plain().packed(GZIP).of("a", "old"));
        on.fill();
        on.append(broken());
        on.fill();
        on.appendSegment("b", null);
        on.fill();
        on.compactAll(DROPPING);
        on.appendSegment("c", "1");
        on.compactAll(DROPPING);
        on.appendSegment("d", "1");
        on.compactAll(DROPPING);
        List<ByteBuffer> batches = on.batches();
        assertThat(batches).anyMatch(batch -> BatchV2Format.baseOffset(batch, 0) == 2);
        assertThat(
                        batches.stream()
                                .filter(batch -> BatchV2Format.baseOffset(batch, 0) != 2)
                                .flatMap(batch -> KeyedBatch.read(batch).stream())
                                .map(KeyedBatch.Entry::key))
                .contains("a", "b");
    }

    /// With a checksum that is right and records that are not.
    private static ByteBuffer broken() {
        ByteBuffer batch = KeyedBatch.plain().packed(GZIP).of("b", "hidden");
        batch.put(BatchV2Format.HEADER_BYTES, (byte) 0);
        var crc = new CRC32C();
        crc.update(batch.slice(21, batch.limit() - 21));
        return batch.putInt(17, (int) crc.getValue());
    }

    @Test
    void the_active_segment_and_what_no_checkpoint_knows_are_left_alone() throws Exception {
        on.appendSegment("a", "1");
        on.appendSegment("a", "2");
        assertThat(on.compact(KEEPING)).isTrue();
        assertThat(on.partition.compactedOffset()).isZero();
        on.appendSegment("a", "3");
        on.compactAll(KEEPING);
        // The last segment is active.
        assertThat(on.texts()).contains("a=3@4").doesNotContain("a=1@0");
        long upTo = on.partition.compactedOffset();
        assertThat(upTo).isLessThan(on.partition.endOffset());
    }

    @Test
    void nothing_at_or_behind_the_last_stable_offset_is_touched() throws Exception {
        for (int i = 0; i < 6; i++) {
            on.appendSegment("a", Integer.toString(i));
        }
        on.checkpoint();
        assertThat(on.compact(KEEPING, new CompactionFacts(5, Map.of()))).isTrue();
        assertThat(on.partition.compactedOffset()).isEqualTo(4);
        assertThat(on.texts()).containsExactly("a=1@2", "a=2@4", "a=3@6", "a=4@8", "a=5@10");
    }

    @Test
    void retention_that_asks_while_segments_change_places_waits_until_they_have() throws Exception {
        for (int i = 0; i < 4; i++) {
            on.appendSegment("a", Integer.toString(i));
        }
        // Small ones, which the next round puts together.
        on.compactAll(KEEPING);
        on.appendSegment("a", "4");
        on.checkpoint();
        disk.hold(FaultyDisk.Selection.of(FaultyDisk.Operation.MOVE, ".swap"));
        var compacting = new FutureTask<>(() -> on.compact(KEEPING));
        Thread.startVirtualThread(compacting);
        disk.awaitHeld();
        // No timestamp is believed, so each file is asked, by its name, when it was written to.
        var start = new FutureTask<>(() -> on.partition.retainableStart(2, Long.MAX_VALUE, 1));
        Thread asking = Thread.ofVirtual().start(start);
        while (asking.isAlive() && asking.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        disk.letGo();
        assertThat(start.get()).isEqualTo(2);
        assertThat(compacting.get()).isTrue();
    }

    @Test
    void a_full_disk_is_left_alone_and_gets_its_space_back() throws Exception {
        for (int i = 0; i < 4; i++) {
            on.appendSegment("a", Integer.toString(i));
        }
        on.checkpoint();
        List<Path> before = CompactedLog.files(disk);
        disk.limitTo(disk.usedBytes() + 1000);
        assertThat(on.compact(KEEPING)).isFalse();
        assertThat(CompactedLog.files(disk)).isEqualTo(before);
        disk.limitTo(disk.usedBytes() + (4L << 20));
        disk.failNext(
                FaultyDisk.Selection.of(FaultyDisk.Operation.WRITE, ".cleaned"),
                new IOException("No space left on device"));
        assertThatThrownBy(() -> on.compact(KEEPING)).isInstanceOf(IOException.class);
        assertThat(CompactedLog.files(disk)).isEqualTo(before);
        disk.heal();
        assertThat(on.compact(KEEPING)).isTrue();
        assertThat(on.texts()).containsExactly("a=2@4", "a=3@6");
    }

    @Test
    void a_compaction_that_is_told_to_stop_leaves_nothing_behind() throws Exception {
        for (int i = 0; i < 4; i++) {
            on.appendSegment("a", Integer.toString(i));
        }
        on.checkpoint();
        Compactor compactor = on.log.store.compactor(CompactedLog.MAP_BYTES);
        int stops = 0;
        var left = new int[1];
        do {
            assertThat(on.partition.compactedOffset()).isZero();
            assertThat(CompactedLog.files(disk))
                    .noneMatch(path -> path.toString().endsWith("cleaned"));
            assertThat(on.texts()).contains("a=2@4", "a=3@6");
            left[0] = stops++;
        } while (!compactor.compact(
                on.partition, KEEPING, CompactedLog.facts(on.partition), () -> left[0]-- == 0));
        assertThat(stops).isGreaterThan(5);
        assertThat(on.texts()).containsExactly("a=2@4", "a=3@6");
    }

    // ---- what goes

    @Test
    void the_last_of_each_key_stays_and_keeps_its_offset() throws Exception {
        on.appendSegment("a", "1", "b", "1", "c", "1");
        on.appendSegment("b", "2");
        on.appendSegment("a", "2", "a", "3");
        on.fill();
        long end = on.partition.endOffset();
        on.compactAll(KEEPING);
        assertThat(on.texts()).containsExactly("c=1@2", "b=2@4", "a=3@7");
        assertThat(on.partition.endOffset()).isEqualTo(end);
        restart();
        assertThat(on.texts()).containsExactly("c=1@2", "b=2@4", "a=3@7");
        assertThat(on.partition.compactedOffset()).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void a_batch_that_loses_records_keeps_everything_else(int codec) throws Exception {
        ByteBuffer batch =
                KeyedBatch.plain()
                        .packed(codec)
                        .at(5_000)
                        .producer(7, 40)
                        .of("a", "1", "b", "x".repeat(300), "c", "3", "a", "4");
        on.append(batch);
        on.fill();
        on.appendSegment("c", "9");
        on.fill();
        on.compactAll(KEEPING);
        ByteBuffer left = on.batches().getFirst();
        assertThat(KeyedBatch.read(left))
                .containsExactly(
                        new KeyedBatch.Entry(1, 5_001, "b", "x".repeat(300)),
                        new KeyedBatch.Entry(3, 5_003, "a", "4"));
        assertThat(BatchV2Format.compression(left, 0)).isEqualTo(codec);
        assertThat(BatchV2Format.baseOffset(left, 0)).isZero();
        assertThat(BatchV2Format.lastOffsetDelta(left, 0)).isEqualTo(3);
        assertThat(BatchV2Format.recordCount(left, 0)).isEqualTo(2);
        assertThat(BatchV2Format.maxTimestamp(left, 0)).isEqualTo(5_003);
        assertThat(BatchV2Format.producerId(left, 0)).isEqualTo(7);
        assertThat(BatchV2Format.baseSequence(left, 0)).isEqualTo(40);
        assertThat(BatchV2Format.leaderEpoch(left, 0)).isEqualTo(on.log.store.leaderEpoch());
    }

    @Test
    void the_brokers_time_on_a_batch_stays() throws Exception {
        ByteBuffer batch = KeyedBatch.plain().of("a", "1", "b", null);
        BatchV2Format.stampLogAppendTime(batch, 0, 77_000);
        on.append(batch);
        on.fill();
        on.appendSegment("a", "2");
        on.fill();
        on.compactAll(KEEPING);
        ByteBuffer left = on.batches().getFirst();
        assertThat(BatchV2Format.hasLogAppendTime(left, 0)).isTrue();
        assertThat(BatchV2Format.hasDeleteHorizon(left, 0)).isTrue();
        assertThat(BatchV2Format.maxTimestamp(left, 0)).isEqualTo(77_000);
        assertThat(on.partition.firstAtOrAfter(77_000))
                .hasValueSatisfying(found -> {
                    assertThat(found.offset()).isEqualTo(1);
                    assertThat(found.timestamp()).isEqualTo(77_000);
                });
    }

    @Test
    void a_batch_in_which_nothing_goes_stays_byte_for_byte() throws Exception {
        on.append(KeyedBatch.plain().packed(ZSTD).of("a", "1", "b", "2"));
        on.append(KeyedBatch.plain().of("c", "1"));
        on.fill();
        on.appendSegment("c", "2");
        on.fill();
        ByteBuffer before = on.batches().getFirst();
        on.compactAll(KEEPING);
        assertThat(on.batches().getFirst()).isEqualTo(before);
        assertThat(on.texts()).containsExactly("a=1@0", "b=2@1", "c=2@4");
    }

    @Test
    void a_tombstone_stays_for_its_time_and_then_goes_with_nothing_coming_back() throws Exception {
        on.appendSegment("a", "1", "b", "1");
        on.append(KeyedBatch.plain().at(7_000).of("a", null, "c", "1"));
        on.fill();
        on.fill();
        on.compactAll(KEEPING);
        ByteBuffer batch = batchAt(3);
        assertThat(KeyedBatch.read(batch))
                .containsExactly(
                        new KeyedBatch.Entry(3, 7_000, "a", null),
                        new KeyedBatch.Entry(4, 7_001, "c", "1"));
        assertThat(BatchV2Format.hasDeleteHorizon(batch, 0)).isTrue();
        assertThat(BatchV2Format.maxTimestamp(batch, 0)).isEqualTo(7_001);
        on.appendSegment("d", "1");
        on.compactAll(DROPPING);
        assertThat(batchAt(3)).as("its time has not come").isEqualTo(batch);
    }

    @Test
    void a_tombstone_whose_time_has_come_goes() throws Exception {
        on.appendSegment("a", "1", "b", "1");
        on.append(KeyedBatch.plain().of("a", null, "c", "1"));
        on.fill();
        on.fill();
        on.compactAll(DROPPING);
        assertThat(on.texts()).contains("a=null@3");
        on.appendSegment("d", "1");
        on.compactAll(DROPPING);
        assertThat(on.texts()).containsExactly("b=1@1", "c=1@4", "d=1@7");
    }

    private ByteBuffer batchAt(long offset) throws IOException {
        return on.batches().stream()
                .filter(batch -> BatchV2Format.baseOffset(batch, 0) == offset)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_last_batch_of_each_producer_stays_though_empty() throws Exception {
        on.append(KeyedBatch.plain().producer(7, 10).of("a", "1"));
        on.append(KeyedBatch.plain().producer(7, 11).of("a", "2", "b", "1"));
        on.append(KeyedBatch.plain().producer(8, 3).of("a", "3"));
        on.fill();
        on.appendSegment("a", "4", "b", "4");
        on.fill();
        on.checkpoint();
        var last = Map.of(7L, 2L);
        on.compact(KEEPING, new CompactionFacts(99, last));
        ByteBuffer first = on.batches().getFirst();
        assertThat(BatchV2Format.recordCount(first, 0)).isZero();
        assertThat(BatchV2Format.sizeBytes(first, 0)).isEqualTo(BatchV2Format.HEADER_BYTES);
        assertThat(BatchV2Format.producerId(first, 0)).isEqualTo(7);
        assertThat(BatchV2Format.baseSequence(first, 0)).isEqualTo(11);
        assertThat(BatchV2Format.baseOffset(first, 0)).isEqualTo(1);
        assertThat(BatchV2Format.lastOffset(first, 0)).isEqualTo(2);
        assertThat(on.texts()).containsExactly("a=4@5", "b=4@6");
    }

    @Test
    void records_without_a_key_go() throws Exception {
        on.append(KeyedBatch.plain().of(null, "from before", "a", "1"));
        on.fill();
        on.fill();
        on.compactAll(KEEPING);
        assertThat(on.texts()).containsExactly("a=1@1");
    }

    @Test
    void a_look_up_by_time_finds_what_is_left() throws Exception {
        on.append(KeyedBatch.plain().at(9_000_000).of("a", "1"));
        on.append(KeyedBatch.plain().at(2_000_000).of("b", "1"));
        on.fill();
        on.append(KeyedBatch.plain().at(3_000_000).of("a", "2", "filler", "x"));
        on.append(KeyedBatch.plain().of("x", "y".repeat(500)));
        on.fill();
        on.checkpoint();
        var last = Map.of(-1L, 0L);
        on.compact(KEEPING, new CompactionFacts(99, last));
        // The batch at 9,000,000 is empty now.
        assertThat(on.partition.firstAtOrAfter(2_500_000))
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(3));
        assertThat(on.partition.firstAtOrAfter(3_500_000)).isEmpty();
        assertThat(on.partition.latestTimestamp())
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(4));
    }

    // ---- how far

    @Test
    void a_map_that_is_full_ends_the_round_and_the_next_goes_on_there() throws Exception {
        for (int i = 0; i < 8; i++) {
            on.appendSegment("a" + i % 3, "1", "b" + i, "2", "c" + i, "3");
        }
        on.checkpoint();
        Compactor compactor = on.log.store.compactor(6 * KeyOffsets.SLOT_BYTES);
        long before = -1;
        int rounds = 0;
        while (before < on.partition.compactedOffset()) {
            before = on.partition.compactedOffset();
            compactor.compact(on.partition, KEEPING, CompactedLog.facts(on.partition), () -> false);
            rounds++;
        }
        assertThat(rounds).isGreaterThan(4);
        assertThat(on.texts().stream().filter(text -> text.startsWith("a")))
                .contains("a0=1@24", "a1=1@28");
        assertThat(on.texts()).doesNotHaveDuplicates().noneMatch(text -> text.equals("a0=1@0"));
    }

    @Test
    void a_second_round_with_the_first_forgotten_changes_nothing() throws Exception {
        for (int i = 0; i < 6; i++) {
            on.appendSegment("a", Integer.toString(i), "b" + i, "1");
        }
        on.compactAll(KEEPING);
        List<String> once = on.texts();
        // The checkpoint was made before the compaction.
        crash();
        assertThat(on.partition.compactedOffset()).isZero();
        assertThat(on.texts()).isEqualTo(once);
        on.compact(KEEPING);
        assertThat(on.texts()).isEqualTo(once);
        assertThat(on.partition.compactedOffset()).isPositive();
    }

    @Test
    void young_segments_wait_and_old_ones_are_overdue() throws Exception {
        long now = 50_000_000;
        on.append(KeyedBatch.plain().at(now - 10_000).of("a", "1"));
        on.append(KeyedBatch.plain().at(now - 10_000).of("filler", "x".repeat(500)));
        on.append(KeyedBatch.plain().at(now - 5_000).of("a", "2"));
        on.append(KeyedBatch.plain().at(now - 5_000).of("filler", "x".repeat(500)));
        on.append(KeyedBatch.plain().at(now).of("filler", "x".repeat(500)));
        on.checkpoint();
        var young = new CompactionConfig(0, 7_000, Long.MAX_VALUE, 0.5);
        assertThat(Dirt.of(on.partition, young, 99, now).upTo()).isEqualTo(2);
        var late = new CompactionConfig(0, 0, 9_000, 1);
        assertThat(Dirt.of(on.partition, late, 99, now).isDue(late)).isTrue();
        var patient = new CompactionConfig(0, 0, 11_000, 1);
        assertThat(Dirt.of(on.partition, patient, 99, now).isDue(patient)).isFalse();
    }

    @Test
    void small_segments_are_put_together() throws Exception {
        for (int i = 0; i < 10; i++) {
            on.appendSegment("a", Integer.toString(i));
        }
        on.compactAll(KEEPING);
        on.appendSegment("b", "1");
        on.compactAll(KEEPING);
        assertThat(
                        CompactedLog.files(disk).stream()
                                .filter(path -> path.toString().endsWith(".log")))
                .hasSizeLessThan(5);
        assertThat(on.partition.sizeBytes()).isLessThan(3_000);
        assertThat(on.texts()).contains("a=9@18", "b=1@20");
    }

    @Test
    void a_silent_partition_is_compacted_too() throws Exception {
        on.appendSegment("a", "1");
        on.append(KeyedBatch.plain().of("a", "2"));
        on.append(KeyedBatch.plain().of("a", "3"));
        on.checkpoint();
        on.partition.configure(new PartitionConfig(700, 60_000, 100));
        on.log.store.rollOldSegments(List.of(on.partition), 1_030_000);
        on.compact(KEEPING);
        assertThat(on.texts()).contains("a=2@2");
        on.log.store.rollOldSegments(List.of(on.partition), 1_070_000);
        assertThat(on.compact(KEEPING)).isTrue();
        assertThat(on.texts()).containsExactly("a=3@3");
        crash();
        assertThat(on.texts()).containsExactly("a=3@3");
        on.append(KeyedBatch.plain().of("a", "4"));
        on.compactAll(KEEPING);
        assertThat(on.texts()).containsExactly("a=3@3", "a=4@4");
        restart();
        assertThat(on.texts()).containsExactly("a=3@3", "a=4@4");
    }

    @Test
    void readers_reach_the_end_of_a_log_whose_last_record_went() throws Exception {
        on.append(KeyedBatch.plain().of("a", "1"));
        // From before the topic was compacted: the one kind of record that goes for nothing newer.
        on.append(KeyedBatch.plain().of(null, "from before"));
        on.checkpoint(); // what is still in memory is in no segment that could be ended
        on.partition.configure(new PartitionConfig(700, 60_000, 100));
        on.log.store.rollOldSegments(List.of(on.partition), 1_070_000);
        on.compactAll(KEEPING);
        assertThat(on.texts()).containsExactly("a=1@0");
        assertThat(on.batches())
                .extracting(batch -> BatchV2Format.lastOffset(batch, 0))
                .containsExactly(0L, 1L);
    }

    // ---- beside others

    @Test
    void who_reads_an_old_segment_reads_it_to_its_end() throws Exception {
        on.appendSegment("a", "1");
        on.appendSegment("a", "2");
        on.fill();
        on.checkpoint();
        try (LogRead read = on.partition.read(0, 10_000, true)) {
            ByteBuffer before = read.slice().copy();
            assertThat(on.compact(KEEPING)).isTrue();
            assertThat(read.slice().copy()).isEqualTo(before);
        }
        assertThat(on.texts()).containsExactly("a=2@2");
        assertThat(disk.openFiles()).isLessThan(8);
    }

    @Test
    void who_has_found_an_old_segment_and_loses_it_goes_on_in_the_new_one() throws Exception {
        on.appendSegment("first", "1");
        for (int i = 0; i < 4; i++) {
            on.appendSegment("a", Integer.toString(i));
        }
        Callable<Long> read =
                () -> {
                    try (LogRead found = on.partition.read(0, 10_000, true)) {
                        return BatchV2Format.lastOffset(found.slice().copy(), 0);
                    }
                };
        Callable<Long> lookUp = () -> on.partition.firstAtOrAfter(0).orElseThrow().offset();
        Callable<Long> retention = () -> on.partition.retainableStart(1, Long.MAX_VALUE, 2);
        assertThat(whileCompacted(read)).isZero();
        on.appendSegment("b", "1");
        assertThat(whileCompacted(lookUp)).isZero();
        on.appendSegment("b", "2");
        assertThat(whileCompacted(retention)).isZero();
        assertThat(on.texts()).startsWith("first=1@0");
    }

    /// Runs something that is held up at the first byte that it reads until all is compacted.
    private long whileCompacted(Callable<Long> action) throws Exception {
        on.checkpoint();
        restart();
        var task = new FutureTask<>(action);
        Thread thread = Thread.ofPlatform().unstarted(task);
        disk.hold(event ->
                event.operation() == FaultyDisk.Operation.READ
                        && Thread.currentThread().equals(thread));
        thread.start();
        disk.awaitHeld();
        assertThat(on.compact(KEEPING)).isTrue();
        disk.letGo();
        return task.get();
    }

    @Test
    void a_partition_that_is_deleted_meanwhile_leaves_no_file() throws Exception {
        for (int i = 0; i < 4; i++) {
            on.appendSegment("a", Integer.toString(i));
        }
        on.checkpoint();
        disk.hold(FaultyDisk.Selection.of(FaultyDisk.Operation.SYNC, ".cleaned"));
        var compaction = new FutureTask<>(() -> on.compact(KEEPING));
        Thread.ofPlatform().start(compaction);
        disk.awaitHeld();
        on.log.store.deletePartition(on.partition.id());
        while (disk.exists(TestLog.directoryOf(0))) {
            Thread.onSpinWait();
        }
        disk.letGo();
        assertThat(compaction.get()).isFalse();
        assertThat(disk.exists(TestLog.directoryOf(0))).isFalse();
    }

    @Test
    void segments_that_are_trimmed_meanwhile_stay_gone() throws Exception {
        for (int i = 0; i < 6; i++) {
            on.appendSegment("a", Integer.toString(i));
        }
        on.checkpoint();
        disk.hold(FaultyDisk.Selection.of(FaultyDisk.Operation.SYNC, ".cleaned"));
        var compaction = new FutureTask<>(() -> on.compact(KEEPING));
        Thread.ofPlatform().start(compaction);
        disk.awaitHeld();
        on.partition.trim(4).awaitDurable();
        on.partition.deleteTrimmedSegments();
        disk.letGo();
        assertThat(compaction.get()).isFalse();
        assertThat(on.texts()).containsExactly("a=2@4", "a=3@6", "a=4@8", "a=5@10");
        assertThat(on.compact(KEEPING)).isTrue();
        assertThat(on.texts()).containsExactly("a=4@8", "a=5@10");
    }
}
