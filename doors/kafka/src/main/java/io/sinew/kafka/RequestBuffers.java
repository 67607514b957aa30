package io.sinew.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Memory that requests are read into, outside the heap so that sockets fill it without another
/// copy. Each is borrowed for as long as its request is read and handled, never longer.
///
/// A buffer grows with what has arrived of its request: a client that announces much and sends
/// little holds little. The total is bounded. Requests begin only while half of it is free, and
/// wait for one another otherwise; the other half is for those that have begun. One that can't grow
/// for [#GROW_WAIT_MS] loses its connection, so that two never wait for each other for ever.
final class RequestBuffers {
    /// What every request begins with.
    private static final int SMALLEST_BYTES = 16 << 10;

    /// A full buffer is exchanged for one so many times its size, if its request is that large.
    private static final int GROWTH = 16;

    static final long GROW_WAIT_MS = 5_000;

    /// Larger buffers are not kept for the next request.
    private static final int LARGEST_KEPT_BYTES = 2 << 20;

    private static final int KEPT_EACH = 16;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private final ArrayDeque<ByteBuffer>[] kept;
    private final long maxBytes;
    private long lentBytes;

    @SuppressWarnings({"unchecked", "rawtypes"})
    RequestBuffers(long maxBytes) {
        this.maxBytes = maxBytes;
        this.kept = new ArrayDeque[sizeClass(LARGEST_KEPT_BYTES) + 1];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new ArrayDeque<>();
        }
    }

    private static int sizeClass(int sizeBytes) {
        int size = Math.max(sizeBytes, SMALLEST_BYTES);
        return Integer.SIZE
                - Integer.numberOfLeadingZeros(size - 1)
                - Integer.numberOfTrailingZeros(SMALLEST_BYTES);
    }

    /// A buffer for the beginning of a request of `sizeBytes`, or for all of it, and limited to
    /// that.
    ByteBuffer begin(int sizeBytes) throws InterruptedException {
        lock.lock();
        try {
            while (lentBytes + SMALLEST_BYTES > maxBytes / 2) {
                returned.await();
            }
            lentBytes += SMALLEST_BYTES;
        } finally {
            lock.unlock();
        }
        return take(SMALLEST_BYTES).limit(Math.min(sizeBytes, SMALLEST_BYTES));
    }

    /// Exchanges a full buffer for a larger one with the same content, for more or all of a request
    /// of `sizeBytes`. One larger than the whole bound is lent when nothing else is.
    ///
    /// @throws CloseConnection when there is no room; `full` is still the caller's then
    ByteBuffer grow(ByteBuffer full, int sizeBytes) throws InterruptedException {
        int wanted = (int) Math.min(sizeBytes, (long) full.capacity() * GROWTH);
        int sizeClass = sizeClass(wanted);
        int capacity = sizeClass < kept.length ? SMALLEST_BYTES << sizeClass : wanted;
        awaitRoom(full.capacity(), capacity);
        ByteBuffer larger = take(capacity).limit(Math.min(sizeBytes, capacity)).put(full.flip());
        giveBack(full);
        return larger;
    }

    private void awaitRoom(int held, int capacity) throws InterruptedException {
        long leftNanos = TimeUnit.MILLISECONDS.toNanos(GROW_WAIT_MS);
        lock.lock();
        try {
            while (lentBytes > held && lentBytes + capacity > maxBytes) {
                if (leftNanos <= 0) {
                    throw new CloseConnection(
                            "too many large requests at a time; all together may take "
                                    + maxBytes
                                    + " bytes");
                }
                leftNanos = returned.awaitNanos(leftNanos);
            }
            lentBytes += capacity;
        } finally {
            lock.unlock();
        }
    }

    /// An empty buffer that is counted already.
    private ByteBuffer take(int capacity) {
        int sizeClass = sizeClass(capacity);
        ByteBuffer known = null;
        if (sizeClass < kept.length) {
            lock.lock();
            try {
                known = kept[sizeClass].pollLast();
            } finally {
                lock.unlock();
            }
        }
        return known == null ? allocate(capacity) : known.clear();
    }

    private ByteBuffer allocate(int capacity) {
        ByteBuffer buffer = null;
        try {
            buffer = ByteBuffer.allocateDirect(capacity);
            return buffer;
        } finally {
            if (buffer == null) {
                uncount(capacity);
            }
        }
    }

    private void uncount(int capacity) {
        lock.lock();
        try {
            lentBytes -= capacity;
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void giveBack(ByteBuffer buffer) {
        int sizeClass = sizeClass(buffer.capacity());
        lock.lock();
        try {
            lentBytes -= buffer.capacity();
            if (sizeClass < kept.length && kept[sizeClass].size() < KEPT_EACH) {
                kept[sizeClass].addLast(buffer);
            }
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
