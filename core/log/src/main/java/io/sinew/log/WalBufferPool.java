package io.sinew.log;

import io.sinew.base.Background;
import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// The memory between the write-ahead log and the segments. Appenders pass [#awaitRoom] before they
/// take any lock, and [#reserve] what they may need before they take the write-ahead log's: taking
/// a buffer under that lock never waits, because whoever frees buffers needs it. A reservation is
/// given while less than the bound is claimed, however large it is, so that large batches are not
/// starved by small ones: the bound is passed by one batch at most.
final class WalBufferPool {
    /// Buffers that only readers hold, at most; beyond it readers get copies.
    private static final int MAX_LENT = 16;

    private final int bufferBytes;
    private final int maxBuffers;
    private final long maxBytes;
    private final Clock clock;
    private final Background background;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition roomAgain = lock.newCondition();
    private final ArrayDeque<WalBuffer> free = new ArrayDeque<>();

    /// Buffers that have an owner. Changed under the lock.
    private final AtomicInteger inUse = new AtomicInteger();

    /// Bytes of the buffers in use. Changed under the lock.
    private long usedBytes;

    /// Bytes of the buffers in use and of what is reserved.
    private final AtomicLong claimedBytes = new AtomicLong();

    /// Threads in a wait for room.
    private final AtomicInteger waiting = new AtomicInteger();

    /// Buffers that only readers hold.
    private final AtomicInteger lent = new AtomicInteger();

    WalBufferPool(int bufferBytes, int maxBuffers, Clock clock, Background background) {
        this.bufferBytes = bufferBytes;
        this.maxBuffers = maxBuffers;
        this.maxBytes = (long) maxBuffers * bufferBytes;
        this.clock = clock;
        this.background = background;
    }

    /// Waits until less than the bound is claimed and `otherRoom` holds.
    ///
    /// @param otherRoom asked at each look, under the pool's lock but for the first; may throw to
    ///   end the wait
    /// @throws SinewException `TIMED_OUT`, or what `otherRoom` throws
    void awaitRoom(long waitMs, BooleanSupplier otherRoom) throws InterruptedException {
        await(waitMs, () -> otherRoom.getAsBoolean() && claimedBytes.get() < maxBytes);
    }

    /// Claims the memory that an append of so many bytes may need, as soon as there is room.
    ///
    /// @param otherRoom as for [#awaitRoom]
    /// @return bytes to [#unreserve] when the append is over; what it took is claimed by itself
    /// @throws SinewException `TIMED_OUT`, or what `otherRoom` throws
    long reserve(int sizeBytes, long waitMs, BooleanSupplier otherRoom)
            throws InterruptedException {
        // What does not fit the rest of a buffer leaves that empty.
        long claim =
                sizeBytes > bufferBytes
                        ? WalV1Format.paddedSize(sizeBytes)
                        : Math.min(2L * sizeBytes, bufferBytes);
        await(waitMs, () -> otherRoom.getAsBoolean() && claim(claim));
        return claim;
    }

    private boolean claim(long bytes) {
        for (long claimed = claimedBytes.get(); claimed < maxBytes; claimed = claimedBytes.get()) {
            if (claimedBytes.compareAndSet(claimed, claimed + bytes)) {
                return true;
            }
        }
        return false;
    }

    /// Ends a reservation.
    void unreserve(long bytes) {
        claimedBytes.addAndGet(-bytes);
        if (waiting.get() > 0) {
            wakeAll();
        }
    }

    private void await(long waitMs, BooleanSupplier room) throws InterruptedException {
        if (room.getAsBoolean()) {
            return;
        }
        long deadline = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        if (background.workUntil(room, TimeUnit.MILLISECONDS.toNanos(waitMs))) {
            return;
        }
        lock.lock();
        // Before the next look: who makes room from now on sees that somebody waits for it.
        waiting.incrementAndGet();
        try {
            while (!room.getAsBoolean()) {
                long remaining = deadline - clock.nanos();
                if (remaining <= 0) {
                    throw new SinewException(
                            ErrorCode.TIMED_OUT,
                            "the disk did not keep up: no append buffer was free for "
                                    + waitMs
                                    + " ms");
                }
                roomAgain.awaitNanos(remaining);
            }
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    /// A buffer with at least `sizeBytes`, owned by the caller.
    WalBuffer take(int sizeBytes) {
        int capacity = WalV1Format.paddedSize(Math.max(sizeBytes, bufferBytes));
        lock.lock();
        try {
            use(1, capacity);
            if (sizeBytes <= bufferBytes) {
                WalBuffer pooled = free.pollLast();
                if (pooled != null) {
                    pooled.renew();
                    return pooled;
                }
            }
        } finally {
            lock.unlock();
        }
        try {
            return new WalBuffer(ByteBuffer.allocateDirect(capacity), this);
        } catch (Throwable e) {
            tookNothing(capacity);
            throw e;
        }
    }

    /// Counts a buffer that begins or ends to be in use. Under the lock.
    private void use(int buffers, long bytes) {
        inUse.addAndGet(buffers);
        usedBytes += bytes;
        claimedBytes.addAndGet(bytes);
    }

    /// Undoes a [#take] for which there was no memory: or the pool would shrink with each.
    private void tookNothing(int capacity) {
        lock.lock();
        try {
            use(-1, -capacity);
            roomAgain.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The buffer's last owner is done; `read` if readers still hold it.
    void ownersDone(WalBuffer buffer, boolean read) {
        lock.lock();
        try {
            use(-1, -buffer.capacity());
            if (read) {
                lent.incrementAndGet();
            } else {
                keep(buffer);
            }
            roomAgain.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Buffers that an owner or a reader has.
    int held() {
        lock.lock();
        try {
            return inUse.get() + lent.get();
        } finally {
            lock.unlock();
        }
    }

    /// The last reader is done with a buffer that has no owner.
    void readersDone(WalBuffer buffer) {
        lock.lock();
        try {
            lent.decrementAndGet();
            keep(buffer);
        } finally {
            lock.unlock();
        }
    }

    /// Whether another reader may hold a buffer. Not exact while readers come and go.
    boolean mayLend() {
        return lent.get() < MAX_LENT;
    }

    private void keep(WalBuffer buffer) {
        // A buffer made for one large batch is left to the garbage collector.
        if (buffer.capacity() == bufferBytes && free.size() < maxBuffers) {
            free.addLast(buffer);
        }
    }

    /// Whether more than half of the bound is in use.
    boolean isHalfUsed() {
        lock.lock();
        try {
            return usedBytes > maxBytes / 2;
        } finally {
            lock.unlock();
        }
    }

    /// Wakes everybody in [#awaitRoom] to look again.
    void wakeAll() {
        lock.lock();
        try {
            roomAgain.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
