package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.xerial.snappy.SnappyError;

/// Finds records inside a batch, by their time or one after the other.
final class BatchRecords {
    private BatchRecords() {}

    /// The first record with `timestamp` or a later one whose offset is not before `minOffset`.
    ///
    /// @throws SinewException `CORRUPT_BATCH`, `BATCH_TOO_LARGE` (the budget is spent)
    static Optional<RecordPosition> firstAtOrAfter(
            ByteBuffer batch, long timestamp, long minOffset, UnpackBudget budget) {
        int at = batch.position();
        if (BatchV2Format.hasLogAppendTime(batch, at) && isComplete(batch, at)) {
            return wholeBatchAt(batch, at, minOffset);
        }
        var found = new RecordPosition[1];
        scan(
                batch,
                budget,
                record -> {
                    if (record.timestamp() < timestamp || record.offset() < minOffset) {
                        return true;
                    }
                    int epoch = BatchV2Format.leaderEpoch(batch, at);
                    found[0] = new RecordPosition(record.offset(), record.timestamp(), epoch);
                    return false;
                });
        return Optional.ofNullable(found[0]);
    }

    /// Largest timestamp of the records whose offset is not before `minOffset`; -1 for none.
    ///
    /// @throws SinewException `CORRUPT_BATCH`, `BATCH_TOO_LARGE` (the budget is spent)
    static long maxTimestamp(ByteBuffer batch, long minOffset, UnpackBudget budget) {
        int at = batch.position();
        if (BatchV2Format.hasLogAppendTime(batch, at) && isComplete(batch, at)) {
            return BatchV2Format.lastOffset(batch, at) < minOffset
                    ? -1
                    : BatchV2Format.maxTimestamp(batch, at);
        }
        var max = new long[] {-1};
        scan(
                batch,
                budget,
                record -> {
                    if (record.offset() >= minOffset) {
                        max[0] = Math.max(max[0], record.timestamp());
                    }
                    return true;
                });
        return max[0];
    }

    /// Looks at a record, which it may read on; false to see no more.
    interface Visitor {
        boolean visit(RecordCursor record) throws IOException;
    }

    /// Goes over the records of a batch, from position to limit.
    ///
    /// @throws SinewException `CORRUPT_BATCH`, `BATCH_TOO_LARGE` (the budget is spent)
    static void scan(ByteBuffer batch, UnpackBudget budget, Visitor visitor) {
        try (RecordCursor records = RecordCursor.of(batch, budget)) {
            boolean more = true;
            while (more && records.next()) {
                more = visitor.visit(records);
            }
        } catch (SinewException e) {
            throw e;
        } catch (IOException | RuntimeException | SnappyError e) {
            long baseOffset = BatchV2Format.baseOffset(batch, batch.position());
            throw new SinewException(
                    ErrorCode.CORRUPT_BATCH, "the batch at offset " + baseOffset + ": " + e, e);
        }
    }

    /// As [#scan], for those who rely on the records' offsets: a batch whose offsets do not rise,
    /// or reach beyond its last one, is refused.
    ///
    /// @throws SinewException as [#scan]
    static void scanInOrder(ByteBuffer batch, UnpackBudget budget, Visitor visitor) {
        int at = batch.position();
        long last = BatchV2Format.lastOffset(batch, at);
        var previous = new long[] {BatchV2Format.baseOffset(batch, at) - 1};
        scan(
                batch,
                budget,
                record -> {
                    if (record.offset() <= previous[0] || record.offset() > last) {
                        throw new IOException("the offsets of its records do not rise");
                    }
                    previous[0] = record.offset();
                    return visitor.visit(record);
                });
    }

    /// Whether the batch has a record at each of its offsets: compaction took none.
    private static boolean isComplete(ByteBuffer batch, int at) {
        return BatchV2Format.recordCount(batch, at) == BatchV2Format.lastOffsetDelta(batch, at) + 1;
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
}
