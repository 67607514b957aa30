package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.FaultyDisk;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Compactions, with everybody else at work on the same partition.
class CompactionConcurrencyTest {
    private static final int BATCHES = 2_000;
    private static final int KEYS = 20;
    private static final int TRANSACTIONS = 500;

    private final CompactedLog on;
    private volatile boolean over;

    /// Where the open transaction begins; `Long.MAX_VALUE` when none is open.
    private volatile long openFrom = Long.MAX_VALUE;

    CompactionConcurrencyTest() throws Exception {
        on = CompactedLog.open(new FaultyDisk());
    }

    @Test
    void readers_meet_no_gap_that_compaction_did_not_make_and_nothing_out_of_order()
            throws Exception {
        Callable<Void> appender =
                () -> {
                    for (int i = 0; i < BATCHES; i++) {
                        on.append(
                                KeyedBatch.plain()
                                        .at(1_000 + i)
                                        .of("key" + i % KEYS, "value " + i));
                    }
                    over = true;
                    return null;
                };
        Callable<Void> compactor =
                () -> {
                    while (!over) {
                        on.checkpoint();
                        on.compact(CompactedLog.DROPPING);
                    }
                    return null;
                };
        Callable<Void> trimmer =
                () -> {
                    var random = new SplittableRandom(1);
                    while (!over) {
                        long start = on.partition.logStartOffset();
                        long end = on.partition.endOffset();
                        if (end - start > 300) {
                            on.partition.trim(start + random.nextInt(100)).awaitDurable();
                            on.partition.deleteTrimmedSegments();
                        }
                        on.partition.retainableStart(0, 1_000, 500);
                    }
                    return null;
                };
        runAll(List.of(appender, compactor, trimmer, this::read, this::read, this::lookUp));
        on.checkpoint();
        assertThat(on.compact(CompactedLog.DROPPING)).isTrue();
        long start = on.partition.logStartOffset();
        assertThat(on.entries())
                .filteredOn(entry -> entry.offset() >= BATCHES - KEYS)
                .hasSize(KEYS);
        assertThat(on.partition.sizeBytes()).isLessThan(BATCHES * 40L);
        assertThat(start).isPositive();
        on.close();
    }

    @Test
    void readers_of_committed_records_never_see_what_was_aborted() throws Exception {
        Callable<Void> appender =
                () -> {
                    for (int i = 0; i < TRANSACTIONS; i++) {
                        on.append(KeyedBatch.plain().of("key" + i % KEYS, "value " + i));
                        transaction(i);
                    }
                    return null;
                };
        Callable<Void> compactor =
                () -> {
                    while (!over) {
                        on.checkpoint();
                        on.compact(
                                CompactedLog.DROPPING,
                                new CompactionFacts(lastStableOffset(), Map.of()));
                    }
                    return null;
                };
        runAll(List.of(appender, compactor, this::readCommitted, this::readCommitted));
        on.checkpoint();
        assertThat(on.compact(CompactedLog.DROPPING)).isTrue();
        assertThat(CommittedReader.read(on.partition, on.partition.endOffset(), 1_000))
                .noneMatch(entry -> "aborted".equals(entry.value()))
                .anyMatch(entry -> ("value " + (TRANSACTIONS - 1)).equals(entry.value()));
        assertThat(on.partition.sizeBytes()).isLessThan(TRANSACTIONS * 150L);
        on.close();
    }

    private void transaction(int number) throws Exception {
        boolean commit = number % 3 == 0;
        openFrom = on.partition.nextOffset();
        for (int i = 0; i < 3; i++) {
            String value = commit ? "committed " + number : "aborted";
            on.appendTransactional(7, "key" + (number + i) % KEYS, value);
        }
        on.end(7, commit);
        openFrom = Long.MAX_VALUE;
    }

    private long lastStableOffset() {
        // First: a transaction that begins after this begins behind it.
        long end = on.partition.endOffset();
        return Math.min(end, openFrom);
    }

    private Void readCommitted() throws Exception {
        var random = new SplittableRandom(7);
        while (!over) {
            long stable = lastStableOffset();
            assertThat(CommittedReader.read(on.partition, stable, random.nextInt(80, 2_000)))
                    .noneMatch(entry -> "aborted".equals(entry.value()));
        }
        return null;
    }

    /// Reads from the start to the end, again and again.
    private Void read() throws Exception {
        var random = new SplittableRandom(7);
        while (!over) {
            long next = on.partition.logStartOffset();
            try {
                while (next < on.partition.endOffset() && !over) {
                    try (LogRead read = on.partition.read(next, random.nextInt(80, 2_000), true)) {
                        for (ByteBuffer batch : TestLog.split(read.slice().copy())) {
                            assertThat(BatchV2Format.checksumHolds(batch, 0)).isTrue();
                            assertThat(BatchV2Format.lastOffset(batch, 0))
                                    .isGreaterThanOrEqualTo(next);
                            next = BatchV2Format.lastOffset(batch, 0) + 1;
                        }
                    }
                }
            } catch (SinewException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
            }
        }
        return null;
    }

    /// The youngest record is never compacted away.
    private Void lookUp() throws Exception {
        while (!over) {
            long end = on.partition.endOffset();
            if (end > 0) {
                assertThat(on.partition.firstAtOrAfter(1_000 + end - 1)).isPresent();
                assertThat(on.partition.latestTimestamp()).isPresent();
            }
        }
        return null;
    }

    private void runAll(List<Callable<Void>> tasks) throws Exception {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
            List<Future<Void>> running =
                    tasks.stream().map(task -> threads.submit(() -> run(task))).toList();
            for (Future<Void> each : running) {
                each.get();
            }
        }
    }

    private Void run(Callable<Void> task) throws Exception {
        try {
            return task.call();
        } finally {
            over = true;
        }
    }
}
