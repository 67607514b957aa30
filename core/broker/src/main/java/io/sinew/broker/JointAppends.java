package io.sinew.broker;

import io.sinew.base.BrokenInvariant;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.Commit;
import io.sinew.log.PlainRecord;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What callers in this process append to one partition, each on a thread of its own and each
/// waiting for the disk. While one append is on its way there, those who come next wait, and then
/// the first of them appends for all: hundreds of records that came one by one cost a few batches,
/// and nobody waits longer, for a sync that has begun covers none of them.
final class JointAppends {
    /// Bytes of records that are appended together, more or less.
    private static final long TOGETHER_BYTES = 1 << 20;

    /// Bytes of batches that are appended without a look at how much room there is: what several
    /// callers append together, with what batches add to it.
    private static final long BLOCK_BYTES = 2 * TOGETHER_BYTES;

    private final Partition partition;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();
    private boolean busy;

    JointAppends(Partition partition) {
        this.partition = partition;
    }

    /// What one caller appends, and what became of it.
    private static final class Request {
        final List<PlainRecord> records;
        final long sizeBytes;

        /// Open until somebody has appended for it, or it is to do so itself.
        final CountDownLatch turn = new CountDownLatch(1);

        /// Whether it appends for all who wait. Written under the lock.
        volatile boolean leads;

        /// Whether its caller waits no more. Under the lock.
        boolean gone;

        // Set before `turn` is opened, one of commit and failure at least.
        long[] offsets = new long[0];
        @Nullable Commit commit;
        @Nullable Throwable failure;

        Request(List<PlainRecord> records) {
            this.records = records;
            this.sizeBytes = records.stream().mapToLong(JointAppends::sizeOf).sum();
        }

        boolean isSettled() {
            return commit != null || failure != null;
        }

        long[] result() throws InterruptedException {
            Throwable cause = failure;
            if (cause instanceof SinewException refusal) {
                throw new SinewException(
                        refusal.code(), String.valueOf(refusal.getMessage()), refusal);
            }
            if (cause != null || commit == null) {
                throw new BrokenInvariant("an append for several callers failed: " + cause);
            }
            commit.awaitDurable();
            return offsets;
        }
    }

    private static long sizeOf(PlainRecord record) {
        return lengthOf(record.key()) + lengthOf(record.value());
    }

    private static long lengthOf(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /// Appends records, and returns when they are durable.
    ///
    /// @return the offset of each
    /// @throws SinewException as [Partition#batchesOf] and [Partition#appendOwn]
    long[] append(List<PlainRecord> records, long nowMs) throws InterruptedException {
        // Whoever comes while the disk is full is refused, and does not wait behind those who were
        // there before and are served when there is room again.
        partition.awaitRoom();
        var mine = new Request(records);
        lock.lock();
        try {
            if (busy) {
                waiting.add(mine);
            } else {
                busy = true;
                mine.leads = true;
            }
        } finally {
            lock.unlock();
        }
        if (!mine.leads) {
            await(mine);
        }
        if (mine.leads) {
            lead(mine, nowMs);
        }
        return mine.result();
    }

    private void await(Request mine) throws InterruptedException {
        try {
            mine.turn.await();
        } catch (InterruptedException e) {
            lock.lock();
            try {
                // If it neither leads nor waits it was appended, or is just now.
                mine.gone = true;
                if (mine.leads) {
                    next();
                } else {
                    waiting.remove(mine);
                }
            } finally {
                lock.unlock();
            }
            throw e;
        }
    }

    /// Has the first who waits go on. Under the lock.
    private void next() {
        Request first = waiting.poll();
        busy = first != null;
        if (first != null) {
            first.leads = true;
            first.turn.countDown();
        }
    }

    private void lead(Request mine, long nowMs) throws InterruptedException {
        List<Request> together = together(mine);
        try {
            appendAll(together, nowMs);
            for (Request request : together) {
                if (request.commit != null) {
                    request.commit.awaitDurable();
                }
            }
        } catch (SinewException e) {
            together.forEach(request -> request.failure = e);
        } catch (RuntimeException | Error e) {
            together.forEach(request -> request.failure = e);
            throw e;
        } finally {
            release(mine, together);
        }
    }

    /// Lets the others go on, and those wait again whom an interruption of the one that led left
    /// without an answer.
    private void release(Request mine, List<Request> together) {
        lock.lock();
        try {
            for (Request request : together.reversed()) {
                if (request.isSettled()) {
                    request.turn.countDown();
                } else if (request != mine && !request.gone) {
                    waiting.addFirst(request);
                }
            }
            next();
        } finally {
            lock.unlock();
        }
    }

    private List<Request> together(Request mine) {
        var together = new ArrayList<Request>();
        together.add(mine);
        long bytes = mine.sizeBytes;
        lock.lock();
        try {
            while (!waiting.isEmpty() && bytes + waiting.getFirst().sizeBytes <= TOGETHER_BYTES) {
                Request next = waiting.removeFirst();
                bytes += next.sizeBytes;
                together.add(next);
            }
        } finally {
            lock.unlock();
        }
        return together;
    }

    private void appendAll(List<Request> together, long nowMs) throws InterruptedException {
        if (together.size() == 1) {
            append(together, partition.batchesOf(together.getFirst().records, nowMs), nowMs);
            return;
        }
        var all = new ArrayList<PlainRecord>();
        together.forEach(request -> all.addAll(request.records));
        List<ByteBuffer> batches;
        try {
            batches = partition.batchesOf(all, nowMs);
        } catch (SinewException e) {
            appendEach(together, nowMs);
            return;
        }
        append(together, batches, nowMs);
    }

    /// One of them is refused: each for itself then, for it is nobody else's fault.
    private void appendEach(List<Request> together, long nowMs) throws InterruptedException {
        for (Request request : together) {
            try {
                List<Request> alone = List.of(request);
                append(alone, partition.batchesOf(request.records, nowMs), nowMs);
            } catch (SinewException e) {
                request.failure = e;
            }
        }
    }

    /// Behind as many batches as are appended together, from one of them on.
    private static int endOfTogether(List<ByteBuffer> batches, int from) {
        long bytes = batches.get(from).remaining();
        int end = from + 1;
        while (end < batches.size() && bytes + batches.get(end).remaining() <= BLOCK_BYTES) {
            bytes += batches.get(end++).remaining();
        }
        return end;
    }

    private void append(List<Request> together, List<ByteBuffer> batches, long nowMs)
            throws InterruptedException {
        int count = together.stream().mapToInt(request -> request.records.size()).sum();
        var offsets = new long[count];
        int filled = 0;
        Commit last = Commit.ofNothing();
        try {
            for (int from = 0; from < batches.size(); ) {
                List<ByteBuffer> next = batches.subList(from, endOfTogether(batches, from));
                Partition.AppendedOwn appended = partition.appendOwn(next, nowMs);
                last = appended.commit();
                long base = appended.baseOffset();
                for (ByteBuffer batch : next) {
                    int added = EngineRecords.putOffsets(offsets, filled, base, batch);
                    filled += added;
                    base += added;
                }
                from += next.size();
            }
        } catch (InterruptedException e) {
            if (filled > 0) {
                // Appended once more they would be there twice.
                var cut = new SinewException(ErrorCode.TIMED_OUT, "cut short between two batches");
                together.forEach(request -> request.failure = cut);
            }
            throw e;
        }
        int from = 0;
        for (Request request : together) {
            int to = from + request.records.size();
            request.offsets = Arrays.copyOfRange(offsets, from, to);
            request.commit = last;
            from = to;
        }
    }
}
