package io.sinew.log;

import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides in one round of compaction what becomes of each batch, from the partition's first on: it
/// stays byte for byte, is made anew with fewer records, or goes.
final class CompactionFilter {
    private final KeyOffsets offsets;
    private final KeyHash hash;
    private final CompactionFacts facts;
    private final long end;
    private final long nowMs;
    private final long newHorizonMs;

    /// Producers with batches of a transaction whose marker has not come yet.
    private final Set<Long> inTransaction = new HashSet<>();

    private AbortedBatches aborted = new AbortedBatches(List.of());

    /// Whether a batch stays that may have records of any key: what comes behind it may be all that
    /// hides them.
    private boolean keepsTombstones;

    private long changedBatches;
    private long removedRecords;
    private long unreadableBatches;

    /// @param end every record before it is in `offsets`, or was compacted before
    CompactionFilter(
            KeyOffsets offsets,
            long end,
            KeyHash hash,
            CompactionFacts facts,
            CompactionConfig config,
            long nowMs) {
        this.offsets = offsets;
        this.end = end;
        this.hash = hash;
        this.facts = facts;
        this.nowMs = nowMs;
        long latest = Long.MAX_VALUE - config.deleteRetentionMs();
        this.newHorizonMs = Math.min(nowMs, latest) + config.deleteRetentionMs();
    }

    /// Says which transactions were aborted in the segment whose batches come next.
    void expect(AbortedBatches batches) {
        aborted = batches;
    }

    /// What is left of the next batch: itself when nothing goes, null when all of it does.
    ///
    /// @param stays it is needed for its offsets, if without a record
    @Nullable ByteBuffer apply(ByteBuffer batch, boolean stays) {
        ByteBuffer left = BatchV2Format.isControl(batch, 0) ? marker(batch) : records(batch);
        if (left != null) {
            return left;
        }
        boolean needed = stays || isLastOfProducer(batch);
        if (needed && BatchV2Format.recordCount(batch, 0) == 0) {
            return batch;
        }
        changedBatches++;
        return needed ? BatchRewrite.emptied(batch) : null;
    }

    private boolean isLastOfProducer(ByteBuffer batch) {
        Long last = facts.lastOffsets().get(BatchV2Format.producerId(batch, 0));
        return last != null && last == BatchV2Format.lastOffset(batch, 0);
    }

    // ---- markers

    /// A marker stays as long as the partition has batches of its transaction, and then for as long
    /// as a tombstone.
    private @Nullable ByteBuffer marker(ByteBuffer batch) {
        if (BatchV2Format.recordCount(batch, 0) == 0) {
            return null;
        }
        if (MarkerV0Format.decode(batch, 0).isEmpty()) {
            return batch;
        }
        if (inTransaction.remove(BatchV2Format.producerId(batch, 0))) {
            return batch;
        }
        if (!BatchV2Format.hasDeleteHorizon(batch, 0)) {
            changedBatches++;
            return BatchRewrite.marker(batch, newHorizonMs);
        }
        return BatchV2Format.baseTimestamp(batch, 0) <= nowMs ? null : batch;
    }

    // ---- records

    private @Nullable ByteBuffer records(ByteBuffer batch) {
        if (BatchV2Format.isTransactional(batch, 0)) {
            inTransaction.add(BatchV2Format.producerId(batch, 0));
        }
        int count = BatchV2Format.recordCount(batch, 0);
        if (count == 0) {
            return null;
        }
        if (aborted.contain(batch)) {
            removedRecords += count;
            return null;
        }
        if (BatchV2Format.baseOffset(batch, 0) >= end) {
            return batch;
        }
        try {
            return latest(batch, count);
        } catch (SinewException e) {
            keepsTombstones = true;
            unreadableBatches++;
            return batch;
        }
    }

    /// What is left of a batch when each record goes that a later one of its key has replaced.
    private @Nullable ByteBuffer latest(ByteBuffer batch, int count) {
        boolean hasHorizon = BatchV2Format.hasDeleteHorizon(batch, 0);
        boolean tombstonesGo =
                hasHorizon && BatchV2Format.baseTimestamp(batch, 0) <= nowMs && !keepsTombstones;
        var kept = new BitSet();
        var next = new int[1];
        var tombstones = new boolean[1];
        BatchRecords.scanInOrder(
                batch,
                UnpackBudget.ofCompaction(),
                record -> {
                    int index = next[0]++;
                    if (isReplaced(record)) {
                        return true;
                    }
                    boolean hasValue = record.offset() >= end || record.hasValue();
                    if (hasValue || !tombstonesGo) {
                        kept.set(index);
                        tombstones[0] |= !hasValue;
                    }
                    return true;
                });
        if (kept.isEmpty()) {
            removedRecords += count;
            return null;
        }
        boolean getsHorizon =
                tombstones[0]
                        && !hasHorizon
                        && !keepsTombstones
                        && BatchV2Format.lastOffset(batch, 0) < end;
        if (kept.cardinality() == count && !getsHorizon) {
            return batch;
        }
        OptionalLong horizonMs = getsHorizon ? OptionalLong.of(newHorizonMs) : OptionalLong.empty();
        ByteBuffer rewritten = BatchRewrite.with(kept, horizonMs, batch);
        removedRecords += count - kept.cardinality();
        changedBatches++;
        return rewritten;
    }

    /// Whether a later record has the same key; one without a key has no place here.
    private boolean isReplaced(RecordCursor record) throws IOException {
        if (record.offset() >= end) {
            return false;
        }
        if (!record.hasKey()) {
            return true;
        }
        record.readKey(hash);
        return offsets.get(hash) > record.offset();
    }

    /// Batches that did not stay as they were.
    long changedBatches() {
        return changedBatches;
    }

    long removedRecords() {
        return removedRecords;
    }

    /// Batches that stay as they are because they can't be unpacked, or not within the bounds.
    long unreadableBatches() {
        return unreadableBatches;
    }
}
