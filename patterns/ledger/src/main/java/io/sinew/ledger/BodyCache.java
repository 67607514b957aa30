package io.sinew.ledger;

import io.sinew.topics.StoredRecord;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Records that are in memory and are soon to be delivered, so that most deliveries need no read.
/// Safe for any thread. There are two stores, each with a bound in bytes:
///
/// - what has *arrived*: what came first stays, for it is delivered first, unless deliveries have
///   gone past it;
/// - what was *read ahead*, behind a message whose record was not in memory: what was read last
///   stays. A long backlog is delivered from here, however much arrives meanwhile.
final class BodyCache {
    /// What a record costs beside its bytes.
    private static final int OVERHEAD_BYTES = 160;

    /// The second store has this part of the bytes.
    private static final int AHEAD_PART = 8;

    /// Bytes to read for a message out of turn: it is alone.
    private static final int ONE_BYTES = 4 << 10;

    /// Bytes to read where one delivery follows the other.
    private static final int MANY_BYTES = 256 << 10;

    /// How far behind the last read a message may be and count as the next, as consumers take
    /// several.
    private static final int NEXT_MAX = 2_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Store arrived;
    private final Store ahead;
    private long deliveredTo;

    /// Where the last read ended.
    private long readTo;

    /// @param mostBytes of both stores
    BodyCache(long mostBytes) {
        this.ahead = new Store(mostBytes / AHEAD_PART);
        this.arrived = new Store(mostBytes - mostBytes / AHEAD_PART);
    }

    /// Records in the order in which they came.
    private static final class Store {
        private final long mostBytes;
        private final Map<Long, StoredRecord> records = new LinkedHashMap<>();
        private long bytes;

        Store(long mostBytes) {
            this.mostBytes = mostBytes;
        }

        private static long costOf(StoredRecord record) {
            return (long) record.sizeBytes() + OVERHEAD_BYTES;
        }

        /// Keeps a record if there is room, or becomes room when older ones with offsets before
        /// `expendable` go.
        void offer(StoredRecord record, long expendable) {
            long cost = costOf(record);
            Iterator<StoredRecord> oldest = records.values().iterator();
            while (bytes + cost > mostBytes && oldest.hasNext()) {
                StoredRecord other = oldest.next();
                if (other.offset() >= expendable) {
                    return;
                }
                oldest.remove();
                bytes -= costOf(other);
            }
            if (bytes + cost <= mostBytes && records.putIfAbsent(record.offset(), record) == null) {
                bytes += cost;
            }
        }

        Optional<StoredRecord> take(long offset) {
            StoredRecord record = records.remove(offset);
            if (record != null) {
                bytes -= costOf(record);
            }
            return Optional.ofNullable(record);
        }
    }

    /// Keeps a record that has arrived, if there is room.
    void arrived(StoredRecord record) {
        lock.lock();
        try {
            // Those before wait for their time, their group or their next try.
            arrived.offer(record, deliveredTo);
        } finally {
            lock.unlock();
        }
    }

    /// How much to read for a message that is not here.
    int readBytes(long offset) {
        lock.lock();
        try {
            return offset >= readTo && offset - readTo <= NEXT_MAX ? MANY_BYTES : ONE_BYTES;
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
            records.forEach(record -> ahead.offer(record, Long.MAX_VALUE));
        } finally {
            lock.unlock();
        }
    }

    /// Gives away a record that is delivered.
    Optional<StoredRecord> take(long offset) {
        lock.lock();
        try {
            deliveredTo = Math.max(deliveredTo, offset);
            return arrived.take(offset).or(() -> ahead.take(offset));
        } finally {
            lock.unlock();
        }
    }
}
