package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.FaultyDisk.Operation;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// How many segment files wait for their sync, and that each gets it before it counts.
class UnsyncedSegmentsTest {
    private static final int MAX_OPEN = 16;

    /// Files of the write-ahead log, the checkpoint and an index, open for a moment.
    private static final int OTHERS = 4;

    private static final PartitionConfig ONE_BATCH_EACH =
            new PartitionConfig(1, Long.MAX_VALUE, 4 << 10);

    private FaultyDisk disk = new FaultyDisk();
    private final AtomicInteger mostOpen = new AtomicInteger();

    /// Watches how many files are open at each operation.
    private void watch() {
        disk.hold(_ -> {
            mostOpen.accumulateAndGet(disk.openFiles(), Math::max);
            return false;
        });
    }

    private TestLog open(int partitions, PartitionConfig config) throws IOException {
        return TestLog.openWithFiles(disk, TestLog.LAZY, partitions, config, MAX_OPEN);
    }

    private void assertAllSurvivePowerFailure(TestLog log, int batchesEach) throws Exception {
        disk = disk.powerFailure(new SplittableRandom(4));
        log.abandon();
        try (TestLog again =
                TestLog.open(disk, TestLog.LAZY, log.partitions.size(), ONE_BATCH_EACH)) {
            for (PartitionLog partition : again.partitions) {
                assertThat(TestLog.batches(partition, 0, 1000)).hasSize(batchesEach);
            }
        }
    }

    private static void appendToEach(TestLog log) throws Exception {
        for (int i = 0; i < log.partitions.size(); i++) {
            log.append(i, Batches.plain().of("of partition " + i));
        }
        log.store.barrier().awaitDurable();
    }

    @Test
    void many_partitions_keep_no_more_files_open_than_the_bound() throws Exception {
        TestLog log = open(100, TestLog.SMALL_SEGMENTS);
        watch();
        for (int round = 0; round < 3; round++) {
            appendToEach(log);
            log.store.checkpoint();
        }
        assertThat(mostOpen.get()).isLessThanOrEqualTo(MAX_OPEN + OTHERS);
        assertAllSurvivePowerFailure(log, 3);
    }

    @Test
    void tiny_segments_keep_no_more_files_open_than_the_bound() throws Exception {
        TestLog log = open(1, ONE_BATCH_EACH);
        watch();
        for (int i = 0; i < 200; i++) {
            log.append(Batches.plain().of("segment " + i));
        }
        log.store.barrier().awaitDurable();
        log.store.checkpoint();
        assertThat(log.partition().segments().list()).hasSize(200);
        assertThat(mostOpen.get()).isLessThanOrEqualTo(MAX_OPEN + OTHERS);
        assertAllSurvivePowerFailure(log, 200);
    }

    @Test
    void a_segment_that_was_synced_early_is_synced_again_when_more_was_written_to_it()
            throws Exception {
        TestLog log = TestLog.openWithFiles(disk, TestLog.SMALL, 12, TestLog.SMALL_SEGMENTS, 8);
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 12; i++) {
                log.append(i, Batches.plain().of("round " + round)).commit().awaitDurable();
            }
        }
        log.store.checkpoint();
        assertAllSurvivePowerFailure(log, 20);
    }

    @Test
    void the_file_of_a_trimmed_segment_is_closed_before_the_next_checkpoint() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1, ONE_BATCH_EACH)) {
            for (int i = 0; i < 10; i++) {
                log.appendDurably(Batches.plain().of("segment " + i));
            }
            while (log.unflushedBytes() > 0) {
                Thread.onSpinWait();
            }
            int before = disk.openFiles();
            log.partition().trim(9).awaitDurable();
            assertThat(log.partition().deleteTrimmedSegments()).isPositive();
            assertThat(disk.openFiles()).isEqualTo(before - 9);
        }
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void many_segments_are_all_synced_before_a_checkpoint_counts_on_them() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.LAZY, 300);
        appendToEach(log);
        log.store.checkpoint();
        assertAllSurvivePowerFailure(log, 1);
    }

    @Test
    void one_of_many_segments_that_cannot_be_synced_stops_the_log() throws Exception {
        for (int maxOpen : new int[] {8, 8_000}) {
            disk = new FaultyDisk();
            TestLog log =
                    TestLog.openWithFiles(disk, TestLog.LAZY, 100, TestLog.SMALL_SEGMENTS, maxOpen);
            appendToEach(log);
            disk.failNext(
                    FaultyDisk.Selection.of(Operation.SYNC, ".log"),
                    new IOException("Input/output error"));
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(log.store::checkpoint)
                        .isInstanceOf(SinewException.class)
                        .hasMessageContaining("Input/output error");
            }
            assertThat(log.store.health().isStopped()).isTrue();
            assertAllSurvivePowerFailure(log, 1);
        }
    }
}
