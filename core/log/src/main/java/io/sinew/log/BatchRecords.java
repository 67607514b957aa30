package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.xerial.snappy.SnappyError;

/// Finds records inside a batch by their time.
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
        try (RecordCursor records = RecordCursor.of(batch, budget)) {
            boolean more = true;
            while (more && records.next()) {
                more = visitor.visit(records.offset(), records.timestamp());
            }
        } catch (SinewException e) {
            throw e;
        } catch (IOException | RuntimeException | SnappyError e) {
            long baseOffset = BatchV2Format.baseOffset(batch, batch.position());
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
}
