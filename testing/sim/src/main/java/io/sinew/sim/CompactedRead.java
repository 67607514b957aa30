package io.sinew.sim;

import io.sinew.log.BatchV2Format;
import java.nio.ByteBuffer;
import java.util.List;

/// What may be read of a partition that is compacted: each batch as it was sent, or as what a
/// compaction may have left of it.
final class CompactedRead {
    private final PartitionModel model;
    private final ByteBuffer read;

    private CompactedRead(PartitionModel model, ByteBuffer read) {
        this.model = model;
        this.read = read;
    }

    /// Checks what was read from `offset` on.
    ///
    /// @param wholeFirst whether the first batch must be whole
    /// @return the offset behind the batches that were read whole
    static long check(PartitionModel model, ByteBuffer read, long offset, boolean wholeFirst) {
        return new CompactedRead(model, read).check(offset, wholeFirst);
    }

    private long check(long offset, boolean wholeFirst) {
        long next = offset;
        int at = 0;
        while (at + BatchV2Format.HEADER_BYTES <= read.limit()) {
            int size = BatchV2Format.sizeBytes(read, at);
            Stored stored = model.at(BatchV2Format.baseOffset(read, at));
            unless(
                    BatchV2Format.lastOffset(read, at) == stored.lastOffset()
                            && stored.lastOffset() >= next
                            && stored.lastOffset() < model.end(),
                    stored,
                    "is not where it belongs");
            if (at + size > read.limit()) {
                break;
            }
            if (!stored.isAt(read, at)) {
                checkRewritten(stored, at);
            }
            next = stored.lastOffset() + 1;
            at += size;
        }
        BrokenPromise.unless(
                at > 0 || !wholeFirst, model.name() + ": a read at " + offset + " does not get on");
        return next;
    }

    private void checkRewritten(Stored stored, int at) {
        ByteBuffer sent = stored.bytes();
        unless(stored.lastOffset() < model.stable(), stored, "was compacted before it was stable");
        unless(BatchV2Format.checksumHolds(read, at), stored, "does not match its checksum");
        unless(
                BatchV2Format.producerId(read, at) == stored.producerId()
                        && BatchV2Format.producerEpoch(read, at) == stored.producerEpoch()
                        && BatchV2Format.baseSequence(read, at) == stored.firstSequence()
                        && BatchV2Format.leaderEpoch(read, at) == BatchV2Format.leaderEpoch(sent, 0)
                        && BatchV2Format.isTransactional(read, at) == stored.isTransactional()
                        && BatchV2Format.isControl(read, at) == stored.isControl(),
                stored,
                "has another producer");
        if (stored.isControl()) {
            checkMarker(stored, at);
            return;
        }
        List<KeyedRecord> left = KeyedRecord.in(read, at);
        unless(
                left.size() == BatchV2Format.recordCount(read, at)
                        && KeyedRecord.in(sent, 0).containsAll(left),
                stored,
                "has records that nobody sent");
        long youngest = left.stream().mapToLong(KeyedRecord::timestamp).max().orElse(-1);
        unless(
                BatchV2Format.maxTimestamp(read, at) >= youngest
                        && BatchV2Format.maxTimestamp(read, at) <= stored.maxTimestamp(),
                stored,
                "has another largest time");
    }

    private void checkMarker(Stored stored, int at) {
        int size = BatchV2Format.sizeBytes(read, at) - BatchV2Format.HEADER_BYTES;
        ByteBuffer record = read.slice(at + BatchV2Format.HEADER_BYTES, size);
        ByteBuffer sent = stored.bytes().position(BatchV2Format.HEADER_BYTES);
        unless(size == 0 || record.equals(sent), stored, "is another marker");
    }

    private void unless(boolean kept, Stored stored, String what) {
        BrokenPromise.unless(
                kept, model.name() + ": the batch at " + stored.baseOffset() + " " + what);
    }
}
