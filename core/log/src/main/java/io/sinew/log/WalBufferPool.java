package io.sinew.log;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// The memory between the write-ahead log and the segments. Appenders pass [#awaitRoom] before they
/// take a partition's lock; taking a buffer itself never waits, because whoever frees buffers needs
/// that lock. So the bound may be passed by as many buffers as there are appends under way.
final class WalBufferPool {
    /// Buffers that only readers hold, at most; beyond it readers get copies.
    private static final int MAX_LENT = 16;

    private final int bufferBytes;
    private final int maxBuffers;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition roomAgain = lock.newCondition();
    private final ArrayDeque<WalBuffer> free = new ArrayDeque<>();

    /// Buffers that have an owner. Changed under the lock.
    private final AtomicInteger inUse = new AtomicInteger();

    /// Buffers that only readers hold.
    private final AtomicInteger lent = new AtomicInteger();

    WalBufferPool(int bufferBytes, int maxBuffers, Clock clock) {
        this.bufferBytes = bufferBytes;
        this.maxBuffers = maxBuffers;
        this.clock = clock;
    }

    /// Waits until fewer buffers than the bound are in use and `otherRoom` holds.
    ///
    /// @param otherRoom asked at each look, under the pool's lock but for the first; may throw to
    ///   end the wait
    /// @throws SinewException `TIMED_OUT`, or what `otherRoom` throws
    void awaitRoom(long waitMs, BooleanSupplier otherRoom) throws InterruptedException {
        if (hasRoom(otherRoom)) {
            return;
        }
        long deadline = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        lock.lock();
        try {
            while (!hasRoom(otherRoom)) {
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
            lock.unlock();
        }
    }

    private boolean hasRoom(BooleanSupplier otherRoom) {
        return otherRoom.getAsBoolean() && inUse.get() < maxBuffers;
    }

    /// A buffer with at least `sizeBytes`, owned by the caller.
    WalBuffer take(int sizeBytes) {
        lock.lock();
        try {
            inUse.incrementAndGet();
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
            int capacity = WalV1Format.paddedSize(Math.max(sizeBytes, bufferBytes));
            return new WalBuffer(ByteBuffer.allocateDirect(capacity), this);
        } catch (Throwable e) {
            tookNothing();
            throw e;
        }
    }

    /// Undoes a [#take] for which there was no memory: or the pool would shrink with each.
    private void tookNothing() {
        lock.lock();
        try {
            inUse.decrementAndGet();
            roomAgain.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The buffer's last owner is done; `read` if readers still hold it.
    void ownersDone(WalBuffer buffer, boolean read) {
        lock.lock();
        try {
            inUse.decrementAndGet();
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
            return inUse.get() > maxBuffers / 2;
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
