package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Batches and state records that are appended as one are there as one, whenever the power fails.
class OneBlockTest {
    private static final int PARTITIONS = 3;

    /// Small ones, so that several share a block; such as fill a buffer; larger than any buffer.
    private static final List<Integer> SIZES = List.of(10, 9_000, 200, 10_500, 20_000, 100, 3_000);

    @Test
    void what_does_not_fit_one_file_is_refused_and_nothing_is_appended() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.SMALL, PARTITIONS)) {
            assertThatThrownBy(() -> log.appendTogether("s", batches(25_000)))
                    .isInstanceOfSatisfying(
                            SinewException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE));
            assertThat(log.partition().nextOffset()).isZero();
            assertThat(log.records).isEmpty();
            log.appendTogether("s", batches(20_000)).awaitDurable();
            assertThat(log.partition().endOffset()).isEqualTo(1);
        }
    }

    @Test
    void several_batches_for_one_partition_follow_each_other() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.SMALL, 1)) {
            log.appendDurably(Batches.plain().of("a"));
            var entries = new ArrayList<LogEntry>();
            for (ByteBuffer batch :
                    List.of(Batches.plain().of("b", "c"), Batches.plain().of("d"))) {
                entries.add(new LogEntry.Batch(log.partition(), batch, 1, OptionalLong.of(77)));
            }
            log.store.append(entries).commit().awaitDurable();
            List<ByteBuffer> stored = TestLog.batches(log.partition(), 0, 1 << 20);
            assertThat(stored.stream().map(batch -> BatchV2Format.baseOffset(batch, 0)).toList())
                    .containsExactly(0L, 1L, 3L);
            assertThat(BatchV2Format.maxTimestamp(stored.get(1), 0)).isEqualTo(77);
        }
    }

    @Test
    void after_a_power_failure_at_any_operation_all_of_it_is_there_or_nothing() {
        for (long operation = 1; lives(operation); operation++) {
            // Until the power stays on.
        }
    }

    @Test
    void after_power_failures_at_random_moments_too() {
        Trials.run(
                60,
                random -> {
                    long operation = random.nextLong(1, 150);
                    live(operation, random);
                });
    }

    private static boolean lives(long operation) {
        try {
            return live(operation, new SplittableRandom(operation));
        } catch (Exception e) {
            throw new AssertionError("with a power failure at operation " + operation, e);
        }
    }

    /// @return whether the power failed
    private static boolean live(long operation, SplittableRandom random) throws Exception {
        var disk = new FaultyDisk();
        disk.powerOffAt(operation, random.nextInt(101));
        int acknowledged = 0;
        TestLog log = null;
        try {
            log = TestLog.open(disk, TestLog.SMALL, PARTITIONS);
            acknowledged = work(log, random);
        } catch (SinewException | IOException e) {
            assertThat(e).hasStackTraceContaining("the power is off");
        }
        boolean failed = disk.isOff();
        FaultyDisk after = disk.powerFailure(random);
        if (log != null) {
            log.abandon();
        }
        try (TestLog again = TestLog.open(after, TestLog.SMALL, PARTITIONS)) {
            verify(again, acknowledged);
        }
        return failed;
    }

    /// @return how many were acknowledged
    private static int work(TestLog log, SplittableRandom random) throws Exception {
        int acknowledged = 0;
        int appended = 0;
        try {
            for (int size : SIZES) {
                Commit commit = log.appendTogether("state " + appended++, batches(size));
                if (random.nextBoolean()) {
                    commit.awaitDurable();
                    acknowledged = appended;
                }
                if (random.nextInt(4) == 0) {
                    log.store.checkpoint();
                }
            }
        } catch (SinewException | IOException e) {
            assertThat(e).hasStackTraceContaining("the power is off");
        }
        return acknowledged;
    }

    private static List<ByteBuffer> batches(int sizeBytes) {
        return Collections.nCopies(PARTITIONS, Batches.plain().ofBytes(sizeBytes)).stream()
                .map(ByteBuffer::duplicate)
                .toList();
    }

    private static void verify(TestLog log, int acknowledged) throws IOException {
        int there = log.records.size();
        assertThat(there).isGreaterThanOrEqualTo(acknowledged);
        assertThat(log.records)
                .isEqualTo(IntStream.range(0, there).mapToObj(i -> "state " + i).toList());
        for (PartitionLog partition : log.partitions) {
            assertThat(partition.endOffset()).as("as many as the states").isEqualTo(there);
            assertThat(TestLog.batches(partition, 0, 1 << 20)).hasSize(there);
        }
    }
}
