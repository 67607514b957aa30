package io.sinew.sim;

import io.sinew.log.BatchV2Format;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/// The table that somebody makes of a compacted partition who reads all of it, beside the one that
/// follows from what was sent and committed.
final class CompactedTable {
    private final PartitionModel model;
    private final long nowMs;

    /// What was read: records by their offsets, and where batches begin.
    private final TreeMap<Long, KeyedRecord> found = new TreeMap<>();

    private final Set<Long> bases = new HashSet<>();

    /// The last committed record of each key.
    private final Map<String, KeyedRecord> latest = new HashMap<>();

    /// @param nowMs when it is read
    CompactedTable(PartitionModel model, long nowMs) {
        this.model = model;
        this.nowMs = nowMs;
        if (model.topic.compacts) {
            for (Stored batch : model.live()) {
                committed(batch).forEach(record -> latest.put(record.key(), record));
            }
        }
    }

    /// Records that count, and can be read.
    private List<KeyedRecord> committed(Stored batch) {
        boolean counts =
                !batch.isControl()
                        && batch.lastOffset() < model.stable()
                        && batch.outcome != Stored.Outcome.ABORTED;
        return counts
                ? KeyedRecord.in(batch.bytes(), 0).stream()
                        .filter(record -> record.offset() >= model.start())
                        .toList()
                : List.of();
    }

    /// Takes in batches that were read, those of them that are whole.
    void add(ByteBuffer read) {
        if (!model.topic.compacts) {
            return;
        }
        for (int at = 0; at + BatchV2Format.HEADER_BYTES <= read.limit(); ) {
            int size = BatchV2Format.sizeBytes(read, at);
            if (at + size > read.limit()) {
                return;
            }
            bases.add(BatchV2Format.baseOffset(read, at));
            if (!BatchV2Format.isControl(read, at)) {
                KeyedRecord.in(read, at).forEach(record -> found.put(record.offset(), record));
            }
            at += size;
        }
    }

    /// Compares, when all was read.
    ///
    /// @param compactedOffset what the log says: before it, each key is there once
    void check(long compactedOffset) {
        var expected = new HashMap<String, KeyedRecord>();
        latest.values().forEach(record -> apply(record, expected));
        var actual = new HashMap<String, KeyedRecord>();
        for (Stored batch : model.live()) {
            checkThere(batch);
            for (KeyedRecord record : committed(batch)) {
                if (found.containsKey(record.offset())) {
                    apply(record, actual);
                }
            }
        }
        for (KeyedRecord record : latest.values()) {
            BrokenPromise.unless(
                    Objects.equals(expected.get(record.key()), actual.get(record.key())),
                    model.name()
                            + ": "
                            + record.key()
                            + " is as at "
                            + actual.get(record.key())
                            + " and must be as at "
                            + record);
        }
        checkOnce(compactedOffset);
        checkMarkers();
    }

    private static void apply(KeyedRecord record, Map<String, KeyedRecord> table) {
        if (record.value() == null) {
            table.remove(record.key());
        } else {
            table.put(record.key(), record);
        }
    }

    /// What no compaction may take is there.
    private void checkThere(Stored batch) {
        if (batch.lastOffset() >= model.end()) {
            return;
        }
        boolean untouched = batch.lastOffset() >= model.stable();
        BrokenPromise.unless(
                !untouched || bases.contains(batch.baseOffset()),
                model.name() + ": what is not stable is gone at " + batch.baseOffset());
        for (KeyedRecord record : committed(batch)) {
            BrokenPromise.unless(
                    found.containsKey(record.offset()) || mayGo(batch, record),
                    model.name() + ": the record at " + record.offset() + " was taken too early");
        }
    }

    /// Whether a compaction may have taken a committed record: a later one has replaced it, or it
    /// is a tombstone whose time is up.
    private boolean mayGo(Stored batch, KeyedRecord record) {
        boolean replaced = !record.equals(latest.get(record.key()));
        return replaced || (record.value() == null && isOld(batch));
    }

    private boolean isOld(Stored batch) {
        return nowMs - batch.appendedMs >= model.topic.deleteRetentionMs;
    }

    private void checkOnce(long compactedOffset) {
        var keys = new HashSet<String>();
        for (KeyedRecord record : found.headMap(compactedOffset).values()) {
            BrokenPromise.unless(
                    record.offset() < model.start() || keys.add(record.key()),
                    model.name() + ": " + record.key() + " is there twice, and compacted");
        }
    }

    /// As long as there are batches of a transaction there is its marker, and then for as long as a
    /// tombstone.
    private void checkMarkers() {
        var open = new HashSet<Long>();
        for (Stored batch : model.live()) {
            if (batch.lastOffset() >= model.stable()) {
                return;
            }
            boolean isThere = bases.contains(batch.baseOffset());
            if (batch.isControl()) {
                boolean needed = open.remove(batch.producerId()) || !isOld(batch);
                BrokenPromise.unless(
                        isThere || !needed,
                        model.name() + ": the marker at " + batch.baseOffset() + " is gone");
            } else if (isThere && batch.isTransactional()) {
                open.add(batch.producerId());
            }
        }
    }

    /// The largest timestamp that must still be in a batch; a small number when nothing must.
    long youngest(Stored batch) {
        if (batch.lastOffset() >= model.stable()) {
            return batch.maxTimestamp();
        }
        if (batch.isControl()) {
            return isOld(batch) ? Long.MIN_VALUE : batch.maxTimestamp();
        }
        return committed(batch).stream()
                .filter(record -> !mayGo(batch, record))
                .mapToLong(KeyedRecord::timestamp)
                .max()
                .orElse(Long.MIN_VALUE);
    }
}
