package io.sinew.ledger;

import io.sinew.topics.StoredRecord;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Records that are in memory and are soon to be delivered, so that most deliveries need no read.
/// Safe for any thread. All that it keeps is taken from a [BodyRoom]. There are two stores:
///
/// - what has *arrived*: what came first stays, for it is delivered first, unless deliveries have
///   gone past it. The last few MiB are kept as they are, which costs nothing where messages are
///   delivered as they come; what waits for longer is packed;
/// - what was *read ahead*, behind a message whose record was not in memory: what was read last
///   stays. A long backlog is delivered from here, however much arrives meanwhile.
final class BodyCache implements AutoCloseable {
    /// Bytes of what has arrived and is not packed.
    static final long RECENT_BYTES = 4 << 20;

    /// Bytes of what was read ahead.
    private static final long AHEAD_BYTES = 4 << 20;

    /// What a record costs beside its bytes, and each of its headers.
    private static final int OVERHEAD_BYTES = 160;

    private static final int HEADER_OVERHEAD_BYTES = 120;

    /// Bytes to read for a message out of turn: it is alone.
    private static final int ONE_BYTES = 4 << 10;

    /// Bytes to read where one delivery follows the other.
    private static final int MANY_BYTES = 256 << 10;

    /// How far behind the last read a message may be and count as the next, as consumers take
    /// several.
    private static final int NEXT_MAX = 2_000;

    private final BodyRoom room;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final Store recent;
    private final PackedBodies packed;
    private final Store ahead;
    private long deliveredTo;

    /// Where the last read ended.
    private long readTo;

    private boolean closed;

    BodyCache(BodyRoom room) {
        this.room = room;
        this.recent = new Store(room, RECENT_BYTES);
        this.packed = new PackedBodies(room);
        this.ahead = new Store(room, AHEAD_BYTES);
    }

    /// Records in the order in which they came.
    private static final class Store {
        private final BodyRoom room;
        private final long mostBytes;
        private final Map<Long, StoredRecord> records = new LinkedHashMap<>();
        private long bytes;

        Store(BodyRoom room, long mostBytes) {
            this.room = room;
            this.mostBytes = mostBytes;
        }

        private static long costOf(StoredRecord record) {
            return (long) record.sizeBytes()
                    + OVERHEAD_BYTES
                    + (long) record.headers().size() * HEADER_OVERHEAD_BYTES;
        }

        /// Keeps a record if there is room; the one with its offset stays if there is one.
        ///
        /// @return false if there is no room
        boolean offer(StoredRecord record) {
            long cost = costOf(record);
            if (bytes + cost > mostBytes || !room.take(cost)) {
                return false;
            }
            if (records.putIfAbsent(record.offset(), record) == null) {
                bytes += cost;
            } else {
                room.giveBack(cost);
            }
            return true;
        }

        @Nullable StoredRecord oldest() {
            Iterator<StoredRecord> all = records.values().iterator();
            return all.hasNext() ? all.next() : null;
        }

        Optional<StoredRecord> take(long offset) {
            StoredRecord record = records.remove(offset);
            if (record != null) {
                bytes -= costOf(record);
                room.giveBack(costOf(record));
            }
            return Optional.ofNullable(record);
        }

        void clear() {
            records.clear();
            room.giveBack(bytes);
            bytes = 0;
        }
    }

    /// Keeps a record that has arrived, if there is room. One that is larger than all of the recent
    /// ones may be is left to the log.
    void arrived(StoredRecord record) {
        lock.lock();
        try {
            while (isKept(record, RECENT_BYTES) && !recent.offer(record)) {
                StoredRecord oldest = recent.oldest();
                // Those that deliveries have gone past wait for their time, their group or their
                // next try.
                if (oldest == null
                        || !(packed.offer(oldest, deliveredTo) || oldest.offset() < deliveredTo)) {
                    return;
                }
                var _ = recent.take(oldest.offset());
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isKept(StoredRecord record, long mostBytes) {
        return !closed && Store.costOf(record) <= mostBytes;
    }

    /// How much to read for a message that is not here: no more than there is room for.
    int readBytes(long offset) {
        lock.lock();
        try {
            boolean isNext = offset >= readTo && offset - readTo <= NEXT_MAX;
            return isNext ? Math.clamp(room.leftBytes() / 2, ONE_BYTES, MANY_BYTES) : ONE_BYTES;
        } finally {
            lock.unlock();
        }
    }

    /// Keeps what was read behind a message.
    ///
    /// @param nextOffset where the read ended
    void readAhead(Iterable<StoredRecord> records, long nextOffset) {
        lock.lock();
        try {
            readTo = nextOffset;
            records.forEach(this::readAhead);
        } finally {
            lock.unlock();
        }
    }

    private void readAhead(StoredRecord record) {
        while (isKept(record, AHEAD_BYTES) && !ahead.offer(record)) {
            StoredRecord oldest = ahead.oldest();
            if (oldest == null) {
                return;
            }
            var _ = ahead.take(oldest.offset());
        }
    }

    /// Gives away a record that is delivered.
    Optional<StoredRecord> take(long offset) {
        lock.lock();
        try {
            deliveredTo = Math.max(deliveredTo, offset);
            return recent.take(offset).or(() -> packed.take(offset)).or(() -> ahead.take(offset));
        } finally {
            lock.unlock();
        }
    }

    /// Gives all of the room back; from now on nothing is kept.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            recent.clear();
            packed.clear();
            ahead.clear();
        } finally {
            lock.unlock();
        }
    }
}
