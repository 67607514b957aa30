package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.FaultyDisk.Operation;
import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// How a batch is found in a segment.
class SegmentTest {
    private static final int NO_INDEX_ENTRIES = 16 << 20;

    private final FaultyDisk disk = new FaultyDisk();

    /// A batch as the segment has it.
    private record Batch(long baseOffset, long lastOffset, int position, int sizeBytes) {}

    private static TestLog open(FaultyDisk disk, int indexIntervalBytes) throws Exception {
        return TestLog.open(
                disk,
                TestLog.LAZY,
                1,
                new PartitionConfig(NO_INDEX_ENTRIES, Long.MAX_VALUE, indexIntervalBytes));
    }

    private static void append(TestLog log, int records, int valueBytes) throws Exception {
        String[] values = new String[records];
        for (int i = 0; i < records; i++) {
            values[i] = "x".repeat(valueBytes);
        }
        log.append(Batches.plain().of(values));
    }

    private static Segment segment(TestLog log) throws Exception {
        log.store.barrier().awaitDurable();
        log.store.checkpoint();
        assertThat(log.partition().segments().list()).hasSize(1);
        return log.partition().segments().list().getFirst();
    }

    private static List<Batch> batches(Segment segment) throws Exception {
        var batches = new ArrayList<Batch>();
        Segment.Cursor cursor = segment.cursor();
        while (cursor.next()) {
            batches.add(
                    new Batch(
                            cursor.baseOffset(),
                            cursor.lastOffset(),
                            cursor.position(),
                            cursor.batchBytes()));
        }
        return batches;
    }

    private static boolean look(Segment segment, List<Batch> batches, SplittableRandom random)
            throws Exception {
        for (int i = 0; i < 200; i++) {
            Batch batch = batches.get(random.nextInt(batches.size()));
            long offset = random.nextLong(batch.baseOffset(), batch.lastOffset() + 1);
            assertThat(segment.positionOf(offset)).isEqualTo(batch.position());
            assertThat(segment.batchBytesAt(batch.position())).isEqualTo(batch.sizeBytes());
        }
        return true;
    }

    @Test
    void every_offset_is_found_by_several_readers_at_a_time() {
        Trials.run(
                10,
                random -> {
                    try (TestLog log = open(new FaultyDisk(), random.nextInt(40_000))) {
                        for (int i = random.nextInt(1, 120); i > 0; i--) {
                            append(log, random.nextInt(1, 5), 1 << random.nextInt(13));
                        }
                        Segment segment = segment(log);
                        List<Batch> batches = batches(segment);
                        assertThat(batches.getLast().lastOffset())
                                .isEqualTo(log.partition().endOffset() - 1);
                        var readers = new ArrayList<FutureTask<Boolean>>();
                        for (int i = 0; i < 3; i++) {
                            SplittableRandom own = random.split();
                            var reader = new FutureTask<>(() -> look(segment, batches, own));
                            readers.add(reader);
                            Thread.ofPlatform().start(reader);
                        }
                        for (FutureTask<Boolean> reader : readers) {
                            assertThat(reader.get()).isTrue();
                        }
                    }
                });
    }

    @Test
    void a_reader_who_goes_on_where_he_was_reads_one_header() throws Exception {
        try (TestLog log = open(disk, NO_INDEX_ENTRIES)) {
            for (int i = 0; i < 10; i++) {
                append(log, 1, 20_000);
            }
            Segment segment = segment(log);
            long before = reads();
            for (int offset = 0; offset < 10; offset++) {
                segment.batchBytesAt(segment.positionOf(offset));
            }
            assertThat(reads() - before).isEqualTo(10);
        }
    }

    @Test
    void the_second_reader_at_a_place_reads_nothing() throws Exception {
        try (TestLog log = open(disk, NO_INDEX_ENTRIES)) {
            for (int i = 0; i < 10; i++) {
                append(log, 3, 2000);
            }
            Segment segment = segment(log);
            int position = segment.positionOf(15);
            long before = reads();
            assertThat(segment.positionOf(17)).isEqualTo(position);
            assertThat(segment.batchBytesAt(position)).isPositive();
            assertThat(reads() - before).isZero();
        }
    }

    @Test
    void small_batches_are_looked_through_with_few_reads() throws Exception {
        try (TestLog log = open(disk, NO_INDEX_ENTRIES)) {
            for (int i = 0; i < 1000; i++) {
                append(log, 1, 50);
            }
            Segment segment = segment(log);
            long before = reads();
            segment.positionOf(999);
            // Of 4, 8, 16, 32 and 64 KiB.
            assertThat(segment.sizeBytes()).isBetween(60 << 10, 124 << 10);
            assertThat(reads() - before).isEqualTo(5);
        }
    }

    @Test
    void the_index_of_a_finished_segment_is_written_once_and_not_read_back() throws Exception {
        try (TestLog log =
                TestLog.open(
                        disk,
                        TestLog.LAZY,
                        1,
                        new PartitionConfig(2 << 20, Long.MAX_VALUE, 4 << 10))) {
            for (int i = 0; i < 5; i++) {
                append(log, 1, 600_000);
            }
            log.store.barrier().awaitDurable();
            log.store.checkpoint();
            List<Segment> segments = log.partition().segments().list();
            assertThat(segments).hasSize(2);
            assertThat(segments.getFirst().positionOf(1)).isPositive();
            String index = Segment.name(0, Segment.INDEX_SUFFIX);
            assertThat(disk.events(FaultyDisk.Selection.of(Operation.WRITE, index))).hasSize(1);
            assertThat(disk.events(FaultyDisk.Selection.of(Operation.READ, index))).isEmpty();
        }
    }

    @Test
    void segments_whose_indexes_do_not_fit_into_memory_are_read_as_all_others() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            for (int i = 0; i < 150; i++) {
                append(log, 2, 1000);
            }
            log.store.barrier().awaitDurable();
            log.store.checkpoint();
            var files = new OpenFiles(disk, 2, new IndexCache(0));
            long newest = 0;
            for (Segment stored : log.partition().segments().list()) {
                var segment =
                        new Segment(
                                disk,
                                files,
                                TestLog.directoryOf(0),
                                stored.baseOffset(),
                                stored.sizeBytes(),
                                null);
                look(segment, batches(stored), new SplittableRandom(1));
                long before = indexReads();
                newest = Math.max(newest, segment.maxTimestamp());
                assertThat(segment.maxTimestamp()).isEqualTo(stored.maxTimestamp());
                assertThat(indexReads() - before).isLessThanOrEqualTo(1);
            }
            assertThat(newest).isPositive();
            files.closeAll();
        }
    }

    private long indexReads() {
        return disk.events(FaultyDisk.Selection.of(Operation.READ, Segment.INDEX_SUFFIX)).size();
    }

    private long reads() {
        return disk.events(FaultyDisk.Selection.of(Operation.READ, Segment.LOG_SUFFIX)).size();
    }
}
