package io.sinew.log;

import io.sinew.base.Check;
import java.nio.ByteBuffer;

/// Memory that appends are gathered in: first it is what goes to the write-ahead log, then it
/// serves readers at the tail and the segments, and when nobody needs it any more it goes back to
/// its pool.
///
/// Two kinds of users hold it, counted apart: its owners (the write-ahead log, and each batch until
/// it is in its segment), who finish at the disk's pace, and readers, who finish when their client
/// does. A buffer that only readers hold no longer counts against the room for appends: a slow
/// client must not stop producers.
final class WalBuffer {
    private final ByteBuffer bytes;
    private final WalBufferPool pool;

    // Under the monitor.
    private int owners = 1;
    private int readers;

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

    /// Adds an owner; by an owner.
    synchronized void retain() {
        Check.that(owners > 0, "a buffer is retained by one of its owners");
        owners++;
    }

    /// Ends one ownership.
    void release() {
        boolean lastOwner;
        boolean read;
        synchronized (this) {
            owners--;
            Check.that(owners >= 0, "a buffer is released once for each retain");
            lastOwner = owners == 0;
            read = readers > 0;
        }
        if (lastOwner) {
            pool.ownersDone(this, read);
        }
    }

    /// Adds a reader, if readers do not hold too many buffers already; by an owner, or while the
    /// caller knows of one.
    synchronized boolean lend() {
        Check.that(owners > 0, "a buffer is lent by one of its owners");
        if (!pool.mayLend()) {
            return false;
        }
        readers++;
        return true;
    }

    /// Ends one reader's use.
    void giveBack() {
        boolean last;
        synchronized (this) {
            readers--;
            Check.that(readers >= 0, "a buffer is given back once for each lend");
            last = readers == 0 && owners == 0;
        }
        if (last) {
            pool.readersDone(this);
        }
    }

    /// Makes a buffer out of the pool its first owner's.
    synchronized void renew() {
        Check.that(owners == 0 && readers == 0, "a pooled buffer has no users");
        owners = 1;
        end = 0;
    }
}
