package io.sinew.log;

import io.sinew.base.Check;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/// Memory that appends are gathered in: first it is what goes to the write-ahead log, then it
/// serves readers at the tail and the segments, and when nobody needs it any more it goes back to
/// its pool. Everybody who looks at its bytes holds a reference.
final class WalBuffer {
    private final ByteBuffer bytes;
    private final WalBufferPool pool;
    private final AtomicInteger references = new AtomicInteger(1);

    /// Where the next block starts; owned by the write-ahead log, under its lock.
    int end;

    WalBuffer(ByteBuffer bytes, WalBufferPool pool) {
        this.bytes = bytes;
        this.pool = pool;
    }

    /// The memory itself. Position and limit mean nothing: use absolute access, or [#slice].
    ByteBuffer bytes() {
        return bytes;
    }

    ByteBuffer slice(int position, int sizeBytes) {
        return bytes.slice(position, sizeBytes);
    }

    int capacity() {
        return bytes.capacity();
    }

    void retain() {
        int before = references.getAndIncrement();
        Check.that(before > 0, "a buffer is retained only by somebody who may look at it");
    }

    void release() {
        int left = references.decrementAndGet();
        Check.that(left >= 0, "a buffer is released once for each retain");
        if (left == 0) {
            pool.giveBack(this);
        }
    }

    /// Makes a buffer out of the pool its first owner's.
    void renew() {
        Check.that(references.compareAndSet(0, 1), "a pooled buffer has no owner");
        end = 0;
    }
}
