package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.FaultyDisk.Operation;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// An index file is used with its own segment and with no other.
class IndexFileTest {
    private static final PartitionConfig LARGE_SEGMENTS =
            new PartitionConfig(16 << 20, Long.MAX_VALUE, 4 << 10);
    private static final Path INDEX =
            TestLog.directoryOf(0).resolve(Segment.name(0, Segment.INDEX_SUFFIX));

    private FaultyDisk disk = new FaultyDisk();

    private TestLog open() throws Exception {
        return TestLog.open(disk, TestLog.LAZY, 1, LARGE_SEGMENTS);
    }

    /// Three batches, of the same sizes whatever the times, and their index.
    private void leaveBatchesOf(long firstMs, long secondMs, long thirdMs) throws Exception {
        disk = new FaultyDisk();
        try (TestLog log = open()) {
            for (long ms : new long[] {firstMs, secondMs, thirdMs}) {
                log.append(Batches.plain().at(ms, 0).ofBytes(400_000));
            }
        }
        assertThat(disk.exists(INDEX)).isTrue();
    }

    private long readsOfSegment() {
        return disk.events(FaultyDisk.Selection.of(Operation.READ, Segment.LOG_SUFFIX)).size();
    }

    @Test
    void an_index_of_another_segment_of_the_same_name_and_size_is_made_again() throws Exception {
        leaveBatchesOf(1000, 5000, 2000);
        byte[] stale = disk.contentOf(INDEX);
        leaveBatchesOf(1000, 3000, 4000);
        assertThat(disk.contentOf(INDEX)).hasSameSizeAs(stale);
        disk.put(INDEX, stale);
        try (TestLog log = open()) {
            Segment segment = log.partition().segments().list().getFirst();
            assertThat(segment.maxTimestamp()).isEqualTo(4000);
            assertThat(log.partition().firstAtOrAfter(2500).orElseThrow().offset()).isEqualTo(1);
        }
    }

    @Test
    void the_index_of_the_segment_itself_saves_reading_it() throws Exception {
        leaveBatchesOf(1000, 3000, 2000);
        try (TestLog log = open()) {
            Segment segment = log.partition().segments().list().getFirst();
            assertThat(segment.maxTimestamp()).isEqualTo(3000);
            // The header of the last batch.
            assertThat(readsOfSegmentSinceOpen(log)).isEqualTo(1);
        }
    }

    private long readsOfSegmentSinceOpen(TestLog log) throws Exception {
        long before = readsOfSegment();
        var files = new OpenFiles(disk, 2, new IndexCache(0));
        Segment known = log.partition().segments().list().getFirst();
        new Segment(disk, files, TestLog.directoryOf(0), 0, known.sizeBytes(), null).maxTimestamp();
        files.closeAll();
        return readsOfSegment() - before;
    }

    @Test
    void an_index_without_its_segment_goes_when_the_partition_is_looked_at() throws Exception {
        leaveBatchesOf(1000, 2000, 3000);
        Path orphan = TestLog.directoryOf(0).resolve(Segment.name(99, Segment.INDEX_SUFFIX));
        Path notOurs = TestLog.directoryOf(0).resolve("99.index");
        disk.put(orphan, Arrays.copyOf(disk.contentOf(INDEX), 100));
        disk.put(notOurs, new byte[1]);
        try (TestLog log = open()) {
            assertThat(log.partition().segments().list()).hasSize(1);
            assertThat(disk.exists(orphan)).isFalse();
            assertThat(disk.exists(notOurs)).isTrue();
            assertThat(disk.exists(INDEX)).isTrue();
        }
    }
}
