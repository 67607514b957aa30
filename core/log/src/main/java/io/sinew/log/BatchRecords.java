package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.xerial.snappy.SnappyError;

/// The records inside a batch, unpacked one at a time, so that a small batch that unpacks to a lot
/// costs no memory; what it costs in time is for an [UnpackBudget] to bound. A record, after its
/// batch's decompression, is (all numbers zigzag varints, Kafka's documentation, "Record"):
///
/// ```
/// length | attributes i8 | timestamp delta | offset delta | key length, key | value length, value
///        | header count, then: name length, name, value length, value …
/// ```
final class BatchRecords {
    private BatchRecords() {}

    /// The first record with `timestamp` or a later one whose offset is not before `minOffset`.
    ///
    /// @throws SinewException `CORRUPT_BATCH`, `BATCH_TOO_LARGE` (the budget is spent)
    static Optional<RecordPosition> firstAtOrAfter(
            ByteBuffer batch, long timestamp, long minOffset, UnpackBudget budget) {
        int at = batch.position();
        if (BatchV2Format.hasLogAppendTime(batch, at)) {
            return wholeBatchAt(batch, at, minOffset);
        }
        var found = new RecordPosition[1];
        scan(
                batch,
                budget,
                (offset, recordTimestamp) -> {
                    if (recordTimestamp < timestamp || offset < minOffset) {
                        return true;
                    }
                    int epoch = BatchV2Format.leaderEpoch(batch, at);
                    found[0] = new RecordPosition(offset, recordTimestamp, epoch);
                    return false;
                });
        return Optional.ofNullable(found[0]);
    }

    /// Largest timestamp of the records whose offset is not before `minOffset`; -1 for none.
    ///
    /// @throws SinewException `CORRUPT_BATCH`, `BATCH_TOO_LARGE` (the budget is spent)
    static long maxTimestamp(ByteBuffer batch, long minOffset, UnpackBudget budget) {
        int at = batch.position();
        if (BatchV2Format.hasLogAppendTime(batch, at)) {
            return BatchV2Format.lastOffset(batch, at) < minOffset
                    ? -1
                    : BatchV2Format.maxTimestamp(batch, at);
        }
        var max = new long[] {-1};
        scan(
                batch,
                budget,
                (offset, recordTimestamp) -> {
                    if (offset >= minOffset) {
                        max[0] = Math.max(max[0], recordTimestamp);
                    }
                    return true;
                });
        return max[0];
    }

    /// Looks at records; false to see no more.
    private interface Visitor {
        boolean visit(long offset, long timestamp);
    }

    private static void scan(ByteBuffer batch, UnpackBudget budget, Visitor visitor) {
        int at = batch.position();
        long baseOffset = BatchV2Format.baseOffset(batch, at);
        long baseTimestamp = BatchV2Format.baseTimestamp(batch, at);
        int count = BatchV2Format.recordCount(batch, at);
        try (InputStream unpacked = unpacked(batch, at, budget)) {
            var records = new Cursor(unpacked);
            for (int i = 0; i < count; i++) {
                records.startRecord();
                records.next();
                long timestamp = baseTimestamp + records.varlong();
                if (!visitor.visit(baseOffset + records.varlong(), timestamp)) {
                    return;
                }
                records.skipRest();
            }
        } catch (SinewException e) {
            throw e;
        } catch (IOException | RuntimeException | SnappyError e) {
            // The codecs throw what they like when the bytes are not theirs.
            throw new SinewException(
                    ErrorCode.CORRUPT_BATCH, "the batch at offset " + baseOffset + ": " + e, e);
        }
    }

    /// All records of a batch stamped by the broker have the batch's time.
    private static Optional<RecordPosition> wholeBatchAt(ByteBuffer batch, int at, long minOffset) {
        if (BatchV2Format.lastOffset(batch, at) < minOffset) {
            return Optional.empty();
        }
        return Optional.of(
                new RecordPosition(
                        Math.max(minOffset, BatchV2Format.baseOffset(batch, at)),
                        BatchV2Format.maxTimestamp(batch, at),
                        BatchV2Format.leaderEpoch(batch, at)));
    }

    private static InputStream unpacked(ByteBuffer batch, int at, UnpackBudget budget)
            throws IOException {
        var packed = new byte[BatchV2Format.sizeBytes(batch, at) - BatchV2Format.HEADER_BYTES];
        batch.get(at + BatchV2Format.HEADER_BYTES, packed);
        Compression codec = Compression.of(BatchV2Format.compression(batch, at));
        InputStream stream = codec.unpack(packed);
        return codec == Compression.NONE ? stream : new BufferedInputStream(budget.spentBy(stream));
    }

    /// Reads records one after the other and never beyond the one it is in.
    private static final class Cursor {
        private final InputStream in;
        private long remaining;

        Cursor(InputStream in) {
            this.in = in;
        }

        void startRecord() throws IOException {
            remaining = Long.MAX_VALUE;
            remaining = Math.max(0, varlong());
        }

        void skipRest() throws IOException {
            in.skipNBytes(remaining);
        }

        int next() throws IOException {
            int value = remaining > 0 ? in.read() : -1;
            if (value < 0) {
                throw new EOFException("a record is cut off");
            }
            remaining--;
            return value;
        }

        long varlong() throws IOException {
            long raw = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                int next = next();
                raw |= (long) (next & 0x7f) << shift;
                if ((next & 0x80) == 0) {
                    return (raw >>> 1) ^ -(raw & 1);
                }
            }
            throw new IOException("a number is too long");
        }
    }
}
