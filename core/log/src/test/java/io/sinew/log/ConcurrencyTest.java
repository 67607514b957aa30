package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Appenders, readers, the writer, the flusher and the keeper at the same time.
class ConcurrencyTest {
    private static final int PARTITIONS = 3;
    private static final int BATCHES = 600;
    private static final int HELD_SLICES = 12;

    /// Nobody waits for those who failed.
    private static volatile boolean othersFailed;

    private final FaultyDisk disk = new FaultyDisk();

    /// A slice that a slow reader keeps, and what was in it.
    private record Held(LogRead read, ByteBuffer copy) {
        void check() throws IOException {
            assertThat(read.slice().copy()).isEqualTo(copy);
            read.close();
        }
    }

    private static void runAll(List<Callable<Void>> tasks) throws Exception {
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            var running = new ArrayList<Future<Void>>();
            for (Callable<Void> task : tasks) {
                running.add(threads.submit(() -> run(task)));
            }
            for (Future<Void> future : running) {
                future.get();
            }
        }
    }

    private static Void run(Callable<Void> task) throws Exception {
        try {
            return task.call();
        } catch (Exception | AssertionError e) {
            othersFailed = true;
            throw e;
        }
    }

    /// Appends numbered batches and notes the end of what it may call acknowledged.
    private static void append(TestLog log, int partition, SplittableRandom random, AtomicLong sent)
            throws InterruptedException {
        for (int i = 0; i < BATCHES; i++) {
            // Before the append: a reader never sees more than was sent.
            sent.incrementAndGet();
            PartitionLog.Append append =
                    log.append(
                            partition,
                            Batches.plain().of("#" + i, "y".repeat(random.nextInt(3000))));
            assertThat(append.baseOffset()).isEqualTo(2L * i);
            if (random.nextInt(10) == 0) {
                append.commit().awaitDurable();
                assertThat(log.partitions.get(partition).endOffset())
                        .isGreaterThan(append.lastOffset());
            }
        }
    }

    private static void read(PartitionLog partition, SplittableRandom random, AtomicLong sent)
            throws IOException {
        Deque<Held> held = new ArrayDeque<>();
        long next = 0;
        while (next < 2L * BATCHES && !othersFailed) {
            LogRead read = partition.read(next, random.nextInt(1, 20_000), random.nextBoolean());
            ByteBuffer copy = read.slice().copy();
            for (ByteBuffer batch : TestLog.split(copy)) {
                assertThat(BatchV2Format.baseOffset(batch, 0)).as("no gap").isEqualTo(next);
                assertThat(BatchV2Format.checksumHolds(batch, 0)).isTrue();
                next = BatchV2Format.lastOffset(batch, 0) + 1;
                assertThat(next).as("durable").isLessThanOrEqualTo(partition.endOffset());
                assertThat(next).isLessThanOrEqualTo(2 * sent.get());
            }
            if (!copy.hasRemaining()) {
                read.close();
                Thread.onSpinWait();
                continue;
            }
            held.add(new Held(read, copy));
            if (held.size() > HELD_SLICES) {
                held.removeFirst().check();
            }
        }
        for (Held slice : held) {
            slice.check();
        }
    }

    @Test
    void readers_see_no_gap_no_duplicate_and_nothing_that_changes_under_them() {
        Trials.run(
                6,
                random -> {
                    TestLog log = TestLog.open(new FaultyDisk(), TestLog.SMALL, PARTITIONS);
                    var tasks = new ArrayList<Callable<Void>>();
                    for (int i = 0; i < PARTITIONS; i++) {
                        int partition = i;
                        var sent = new AtomicLong();
                        SplittableRandom appends = random.split();
                        tasks.add(() -> {
                            append(log, partition, appends, sent);
                            return null;
                        });
                        for (int reader = 0; reader < 2; reader++) {
                            SplittableRandom reads = random.split();
                            tasks.add(() -> {
                                read(log.partitions.get(partition), reads, sent);
                                return null;
                            });
                        }
                    }
                    tasks.add(() -> {
                        for (int i = 0; i < 10; i++) {
                            log.store.checkpoint();
                            log.record("r" + i).awaitDurable();
                        }
                        return null;
                    });
                    runAll(tasks);
                    log.store.checkpoint();
                    assertThat(log.unflushedBytes()).isZero();
                    log.close();
                    assertThat(log.store.buffersInUse()).isZero();
                });
    }

    @Test
    void reading_while_segments_are_trimmed_and_deleted_finds_data_or_says_why_not()
            throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1)) {
            PartitionLog partition = log.partition();
            Callable<Void> appender =
                    () -> {
                        append(log, 0, new SplittableRandom(1), new AtomicLong());
                        return null;
                    };
            Callable<Void> trimmer =
                    () -> {
                        while (partition.logStartOffset() < 2L * BATCHES - 100 && !othersFailed) {
                            long end = partition.endOffset();
                            partition.trim(Math.max(0, end - 60)).awaitDurable();
                            partition.deleteTrimmedSegments();
                        }
                        return null;
                    };
            Callable<Void> reader =
                    () -> {
                        while (partition.endOffset() < 2L * BATCHES && !othersFailed) {
                            readOneOr(partition, ErrorCode.OFFSET_OUT_OF_RANGE);
                            partition.firstAtOrAfter(0);
                            partition.latestTimestamp();
                            partition.retainableStart(0, 1000, 1);
                        }
                        return null;
                    };
            runAll(List.of(appender, trimmer, reader, reader));
            // A segment that is just being begun is empty.
            log.store.checkpoint();
            List<Path> left = disk.list(TestLog.directoryOf(0));
            for (Path path : left) {
                assertThat(disk.size(path)).as(path.toString()).isPositive();
            }
        }
        assertThat(disk.openFiles()).isZero();
    }

    private static void readOneOr(PartitionLog partition, ErrorCode refusal) throws IOException {
        long start = partition.logStartOffset();
        try (LogRead read = partition.read(start, 5000, true)) {
            ByteBuffer copy = read.slice().copy();
            if (copy.hasRemaining()) {
                assertThat(BatchV2Format.checksumHolds(copy, 0)).isTrue();
                assertThat(BatchV2Format.lastOffset(copy, 0)).isGreaterThanOrEqualTo(start);
            }
        } catch (SinewException e) {
            assertThat(e.code()).isEqualTo(refusal);
        }
    }

    @Test
    void a_partition_is_deleted_while_it_is_read_and_flushed() {
        Trials.run(
                20,
                random -> {
                    var own = new FaultyDisk();
                    TestLog log = TestLog.open(own, TestLog.SMALL, 2);
                    PartitionLog doomed = log.partition();
                    SplittableRandom sizes = random.split();
                    int before = random.nextInt(100);
                    Callable<Void> appender =
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    log.append(0, Batches.plain().ofBytes(sizes.nextInt(3000)));
                                    log.append(1, Batches.plain().of("stays " + i));
                                    if (i == before) {
                                        log.store.deletePartition(doomed.id());
                                    }
                                }
                                log.store.barrier().awaitDurable();
                                return null;
                            };
                    Callable<Void> reader =
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    readOneOr(doomed, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
                                }
                                return null;
                            };
                    runAll(List.of(appender, reader, reader));
                    log.store.checkpoint();
                    assertThat(own.exists(TestLog.directoryOf(0).getParent())).isFalse();
                    assertThat(log.unflushedBytes()).isZero();
                    assertThat(TestLog.batches(log.partitions.get(1), 0, 1000)).hasSize(100);
                    log.close();
                    assertThat(log.store.buffersInUse()).isZero();
                    assertThat(own.openFiles()).isZero();
                });
    }

    @Test
    void what_becomes_durable_during_a_flush_is_left_to_the_next_one() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            ByteBuffer batch = Batches.plain().of("one");
            log.appendDurably(batch.duplicate());
            var moves = new ArrayList<Long>();
            log.partition()
                    .flush(bytes -> {
                        moves.add(bytes);
                        if (moves.size() < 5) {
                            appendDuringFlush(log, batch.duplicate());
                        }
                    });
            assertThat(moves).containsExactly((long) batch.remaining());
            assertThat(log.partition().endOffset()).isEqualTo(2);
        }
    }

    private static void appendDuringFlush(TestLog log, ByteBuffer batch) {
        try {
            log.appendDurably(batch);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void large_appends_that_come_all_at_once_take_no_more_memory_than_the_bound() throws Exception {
        int appenders = 60;
        int maxBuffers = 8;
        var limits =
                new LogLimits(
                        LogLimits.Durability.FSYNC,
                        64 << 10,
                        8 << 20,
                        512 << 10,
                        60_000,
                        32 << 10,
                        maxBuffers,
                        64 << 10,
                        5,
                        200);
        try (TestLog log = TestLog.open(disk, limits, appenders)) {
            disk.hold(FaultyDisk.Selection.of(FaultyDisk.Operation.WRITE, ".wal"));
            var allHaveRoom = new CyclicBarrier(appenders);
            var taken = new ConcurrentLinkedQueue<Commit>();
            var tasks = new ArrayList<Callable<Void>>();
            for (int i = 0; i < appenders; i++) {
                PartitionLog partition = log.partitions.get(i);
                tasks.add(() -> {
                    log.store.awaitRoom();
                    allHaveRoom.await();
                    ByteBuffer batch = Batches.plain().ofBytes(30_000);
                    try {
                        taken.add(partition.append(batch, 1, OptionalLong.empty()).commit());
                    } catch (SinewException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT);
                    }
                    return null;
                });
            }
            runAll(tasks);
            int buffers = log.store.buffersInUse();
            disk.letGo();
            assertThat(buffers).isBetween(maxBuffers - 1, maxBuffers);
            assertThat(taken).hasSize(buffers);
            for (Commit commit : taken) {
                commit.awaitDurable();
            }
            log.append(Batches.plain().ofBytes(30_000)).commit().awaitDurable();
        }
    }
}
