package io.sinew.log;

import io.sinew.base.Background;
import io.sinew.base.Clock;
import io.sinew.base.DiskFullException;
import io.sinew.base.Metrics;
import io.sinew.base.Work;
import io.sinew.base.Worker;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Moves durable batches from memory to their segments, many at a time: one write for each
/// partition and pass instead of one for each batch. Everything that changes a segment runs on its
/// thread.
final class Flusher implements Wal.DurableSink, Work, AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Flusher.class.getName());
    private static final long FULL_DISK_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final LogLimits limits;
    private final Clock clock;
    private final LogHealth health;
    private final WalBufferPool pool;
    private final LongAdder bytesMoved;
    private final LongAdder passes;
    private final Background background;
    private @Nullable Worker worker;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Set<PartitionLog> dirty = new LinkedHashSet<>();
    private final ArrayDeque<Runnable> requests = new ArrayDeque<>();
    private long pendingBytes;
    private long oldestNanos;
    private Handed handed;
    private boolean closing;

    /// Whether the last pass failed, and the next one waits a little.
    private boolean pausing;

    /// How far the write-ahead log has handed its batches over.
    record Handed(long lsn, long sequence) {}

    Flusher(LogContext context, WalBufferPool pool, Handed start) {
        this.limits = context.limits();
        this.clock = context.clock();
        this.health = context.health();
        Metrics metrics = context.metrics();
        this.pool = pool;
        this.handed = start;
        this.bytesMoved = metrics.counter(LogMetric.SEGMENT_BYTES);
        this.passes = metrics.counter(LogMetric.SEGMENT_WRITES);
        metrics.gauge(LogMetric.UNFLUSHED_BYTES, this::pendingBytes);
        this.background = context.background();
    }

    void start() {
        worker = background.begin(this, Thread.ofPlatform().name("sinew-flusher"), lock, work);
    }

    @Override
    public void durable(List<TailBatch> batches, long endLsn, long lastSequence) {
        lock.lock();
        try {
            if (dirty.isEmpty() && !batches.isEmpty()) {
                oldestNanos = clock.nanos();
                // Wakes the thread to wait for the batches' age.
                work.signal();
            }
            for (TailBatch batch : batches) {
                dirty.add(batch.log());
                pendingBytes += batch.sizeBytes();
            }
            handed = new Handed(endLsn, lastSequence);
            if (isFull()) {
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether batches must move, however young they are. Small batches, each in a page of its own,
    /// use up the buffers long before their bytes amount to anything.
    private boolean isFull() {
        return pendingBytes >= limits.flushBytes() || (!dirty.isEmpty() && pool.isHalfUsed());
    }

    private long pendingBytes() {
        lock.lock();
        try {
            return pendingBytes;
        } finally {
            lock.unlock();
        }
    }

    /// Something to be done on the flusher's thread.
    interface Task<T> {
        T run() throws IOException;
    }

    /// Runs `task` on the flusher's thread and waits for it.
    <T> T call(Task<T> task) throws IOException {
        var result = new CompletableFuture<T>();
        enqueue(() -> {
            try {
                result.complete(task.run());
            } catch (IOException | RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        background.workUntil(result::isDone, Background.WITHOUT_LIMIT);
        try {
            return result.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /// Something to be done on the flusher's thread whose failure costs only disk space.
    interface Chore {
        void run() throws IOException;
    }

    /// Runs `chore` on the flusher's thread, some time.
    void execute(Chore chore) {
        enqueue(() -> {
            try {
                chore.run();
            } catch (IOException | RuntimeException e) {
                LOGGER.log(System.Logger.Level.WARNING, "cleanup=failed", e);
            } catch (Error e) {
                // The thread stays, for those who wait for it.
                health.stop("deleting files failed", e);
            }
        });
    }

    /// Deletes the files of a partition, some time.
    void delete(PartitionLog log) {
        execute(() -> log.deleteFiles(this::settled));
    }

    private void enqueue(Runnable request) {
        lock.lock();
        try {
            if (closing) {
                throw new IllegalStateException("the flusher is closed");
            }
            requests.add(request);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Moves everything handed over so far; on the flusher's thread only.
    Handed flushAll() throws IOException {
        List<PartitionLog> logs;
        Handed upTo;
        lock.lock();
        try {
            logs = List.copyOf(dirty);
            dirty.clear();
            upTo = handed;
            oldestNanos = clock.nanos();
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < logs.size(); i++) {
            try {
                logs.get(i).flush(this::moved);
            } catch (IOException | RuntimeException | Error e) {
                putBack(logs.subList(i, logs.size()));
                throw e;
            }
        }
        health.wroteBehind();
        return upTo;
    }

    private void moved(long bytes) {
        bytesMoved.add(bytes);
        passes.increment();
        settled(bytes);
    }

    /// So many bytes wait no longer.
    private void settled(long bytes) {
        lock.lock();
        try {
            pendingBytes -= bytes;
        } finally {
            lock.unlock();
        }
    }

    private void putBack(List<PartitionLog> logs) {
        lock.lock();
        try {
            dirty.addAll(logs);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long dueInNanos() {
        if (!requests.isEmpty()) {
            return 0;
        }
        if (closing) {
            return OVER;
        }
        if (pausing) {
            return FULL_DISK_RETRY_NANOS;
        }
        return untilFlushNanos();
    }

    /// How long it is to the next pass, under the lock.
    private long untilFlushNanos() {
        if (isFull()) {
            return 0;
        }
        if (dirty.isEmpty()) {
            return WHEN_SIGNALLED;
        }
        long age = clock.nanos() - oldestNanos;
        return Math.max(0, TimeUnit.MILLISECONDS.toNanos(limits.flushIntervalMs()) - age);
    }

    /// Does what somebody asked for, or moves what is old enough.
    @Override
    public void step() {
        Runnable request;
        boolean flushes;
        lock.lock();
        try {
            request = requests.poll();
            flushes = request == null && (pausing || untilFlushNanos() == 0);
            pausing &= !flushes;
        } finally {
            lock.unlock();
        }
        if (request != null) {
            request.run();
        } else if (flushes) {
            flushOrRetry();
        }
    }

    private void flushOrRetry() {
        try {
            flushAll();
        } catch (IOException e) {
            if (!DiskFullException.isCause(e)) {
                health.stop("moving batches to segments failed", e);
            } else {
                // The data is safe in the write-ahead log; only room runs out.
                health.diskFullBehind();
            }
            pool.wakeAll();
            pause();
        } catch (RuntimeException | Error e) {
            health.stop("moving batches to segments failed", e);
            pool.wakeAll();
            pause();
        }
    }

    private void pause() {
        lock.lock();
        try {
            pausing = true;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the thread without another flush: what is not in segments is in the write-ahead log.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        if (worker == null) {
            return;
        }
        try {
            worker.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
