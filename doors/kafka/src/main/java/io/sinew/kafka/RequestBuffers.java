package io.sinew.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Memory that requests are read into, outside the heap so that sockets fill it without another
/// copy. Each is borrowed for as long as its request is read and handled, never longer. The total
/// is bounded: beyond it connections wait for one another.
final class RequestBuffers {
    /// Smaller requests get a buffer of this size.
    private static final int SMALLEST_BYTES = 16 << 10;

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

    /// A buffer for a request of `sizeBytes`, limited to that. One larger than the whole bound is
    /// lent when nothing else is.
    ByteBuffer borrow(int sizeBytes) throws InterruptedException {
        int sizeClass = sizeClass(sizeBytes);
        int capacity = sizeClass < kept.length ? SMALLEST_BYTES << sizeClass : sizeBytes;
        lock.lock();
        try {
            while (lentBytes > 0 && lentBytes + capacity > maxBytes) {
                returned.await();
            }
            lentBytes += capacity;
            if (sizeClass < kept.length) {
                ByteBuffer known = kept[sizeClass].pollLast();
                if (known != null) {
                    return known.clear().limit(sizeBytes);
                }
            }
        } finally {
            lock.unlock();
        }
        return ByteBuffer.allocateDirect(capacity).limit(sizeBytes);
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
