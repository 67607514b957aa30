package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Takes what was read apart into records, for readers in the same process: what a consumer of
/// committed records would be given. Left out are control batches, batches of aborted transactions,
/// and records before the offset that was asked for. Batches from memory are not copied first.
public final class BatchDecoder {
    private final AbortedBatches aborted;
    private final long fromOffset;
    private final Taker taker;
    private long nextOffset;
    private boolean wantsMore = true;

    /// Takes records one after the other.
    public interface Taker {
        /// Takes a record, whose bytes are its own now.
        ///
        /// @return whether it wants more
        boolean take(long offset, PlainRecord record);
    }

    private BatchDecoder(List<AbortedTransaction> aborted, long fromOffset, Taker taker) {
        this.aborted = new AbortedBatches(aborted);
        this.fromOffset = fromOffset;
        this.taker = taker;
        this.nextOffset = fromOffset;
    }

    /// Gives `taker` the records of a read that began at `fromOffset`; the read stays open.
    ///
    /// @return where to read on: behind what was given and what was left out
    /// @throws SinewException `DAMAGED_DATA`: what was stored is not what is there now;
    ///   `CORRUPT_BATCH`, `BATCH_TOO_LARGE`: a batch that a producer sent can't be unpacked, or
    ///   unpacks to more than is allowed
    public static long decode(CommittedRead committed, long fromOffset, Taker taker)
            throws IOException {
        var decoder = new BatchDecoder(committed.aborted(), fromOffset, taker);
        LogSlice slice = committed.read().slice();
        if (slice instanceof TailSlice(List<TailBatch> batches, int _)) {
            for (TailBatch batch : batches) {
                decoder.decode(batch.slice());
            }
        } else {
            decoder.decodeAll(slice.copy());
        }
        return decoder.nextOffset;
    }

    /// The last batch may be cut off.
    private void decodeAll(ByteBuffer bytes) {
        int at = 0;
        while (wantsMore && bytes.limit() - at >= BatchV2Format.HEADER_BYTES) {
            int size = BatchV2Format.sizeBytes(bytes, at);
            if (size < BatchV2Format.HEADER_BYTES) {
                throw damaged();
            }
            if (size > bytes.limit() - at) {
                return;
            }
            ByteBuffer batch = bytes.slice(at, size);
            if (!BatchV2Format.checksumHolds(batch, 0)) {
                throw damaged();
            }
            decode(batch);
            at += size;
        }
    }

    private SinewException damaged() {
        return new SinewException(
                ErrorCode.DAMAGED_DATA,
                "the batch at offset "
                        + nextOffset
                        + " or behind it is not as it was stored. Check the disk; restore the"
                        + " partition from a backup, or read on behind it");
    }

    private void decode(ByteBuffer batch) {
        long behind = BatchV2Format.lastOffset(batch, 0) + 1;
        if (!wantsMore || behind <= fromOffset) {
            return;
        }
        if (!BatchV2Format.isControl(batch, 0) && !aborted.contain(batch)) {
            BatchRecords.scanInOrder(batch, UnpackBudget.ofRead(), this::take);
        }
        if (wantsMore) {
            nextOffset = behind;
        }
    }

    private boolean take(RecordCursor record) throws IOException {
        if (record.offset() >= fromOffset) {
            wantsMore = taker.take(record.offset(), record.toPlain());
            nextOffset = record.offset() + 1;
        }
        return wantsMore;
    }
}
