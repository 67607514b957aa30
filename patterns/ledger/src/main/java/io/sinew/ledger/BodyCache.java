package io.sinew.ledger;

import io.sinew.topics.StoredRecord;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Records that were read a moment ago and are soon to be delivered, so that most deliveries need
/// no read. Bounded in bytes: what comes first stays, for it is delivered first, unless deliveries
/// have gone past it. Safe for any thread.
final class BodyCache {
    /// What a record costs beside its bytes.
    private static final int OVERHEAD_BYTES = 160;

    private final long mostBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, StoredRecord> records = new LinkedHashMap<>();
    private long bytes;
    private long deliveredTo;

    BodyCache(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    private static long costOf(StoredRecord record) {
        return (long) record.sizeBytes() + OVERHEAD_BYTES;
    }

    /// Keeps a record that was read on the way, if there is room.
    void offer(StoredRecord record) {
        lock.lock();
        try {
            if (hasRoomFor(costOf(record))
                    && records.putIfAbsent(record.offset(), record) == null) {
                bytes += costOf(record);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoomFor(long cost) {
        Iterator<StoredRecord> oldest = records.values().iterator();
        while (bytes + cost > mostBytes && oldest.hasNext()) {
            StoredRecord record = oldest.next();
            if (record.offset() >= deliveredTo) {
                return false;
            }
            // It waits for its time, its group or its next try.
            oldest.remove();
            bytes -= costOf(record);
        }
        return bytes + cost <= mostBytes;
    }

    /// Gives away a record that is delivered.
    Optional<StoredRecord> take(long offset) {
        lock.lock();
        try {
            deliveredTo = Math.max(deliveredTo, offset);
            StoredRecord record = records.remove(offset);
            if (record != null) {
                bytes -= costOf(record);
            }
            return Optional.ofNullable(record);
        } finally {
            lock.unlock();
        }
    }
}
