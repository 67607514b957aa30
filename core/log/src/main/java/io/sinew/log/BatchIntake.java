package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.xerial.snappy.SnappyError;

/// Where batches pass on their way from producers into the log: looks at the records inside when a
/// topic asks for that, and packs them as the topic wants them. All other batches go through
/// untouched.
///
/// Unpacking takes memory and time that the sender decides about, so only so many batches are
/// unpacked at a time, each within an [UnpackBudget]; the others wait. The records inside stay the
/// same bytes in each packing.
public final class BatchIntake {
    /// Records that a refusal names at most.
    public static final int REFUSED_MAX = 1_000;

    private final Semaphore unpacking;

    /// @param maxUnpacking compressed batches that are unpacked or packed at a time
    BatchIntake(int maxUnpacking) {
        this.unpacking = new Semaphore(maxUnpacking, true);
    }

    /// Checks one well-formed batch, from position to limit.
    ///
    /// @return the batch to append: the same buffer, or another one
    /// @throws RefusedRecordsException when records break the rules
    /// @throws SinewException `INVALID_RECORD` (the records are not what the header says),
    ///   `INVALID_TIMESTAMP`, `BATCH_TOO_LARGE` (as it would be stored, or the budget is spent)
    public ByteBuffer take(ByteBuffer batch, RecordRules rules) throws InterruptedException {
        Optional<Packing> packing = rules.newPacking(batch);
        if (packing.isEmpty() && !rules.needRecords(batch)) {
            return batch;
        }
        if (packing.isEmpty() && BatchV2Format.compression(batch, batch.position()) == 0) {
            return check(batch, rules);
        }
        unpacking.acquire();
        try {
            return packing.isPresent() ? pack(batch, rules, packing.get()) : check(batch, rules);
        } finally {
            unpacking.release();
        }
    }

    private static ByteBuffer check(ByteBuffer batch, RecordRules rules) {
        try (RecordCursor records = RecordCursor.of(batch, UnpackBudget.ofAppend())) {
            walk(records, rules);
        } catch (SinewException e) {
            throw e;
        } catch (IOException | RuntimeException | SnappyError e) {
            throw unreadable(e);
        }
        if (BatchV2Format.maxTimestamp(batch, batch.position()) > rules.latestMs()) {
            throw new SinewException(
                    ErrorCode.INVALID_TIMESTAMP,
                    "the batch claims a latest time that none of its records has, and that is not"
                            + " within "
                            + rules.times());
        }
        return batch;
    }

    private static ByteBuffer pack(ByteBuffer batch, RecordRules rules, Packing packing) {
        var packed = new PackedBatch(batch, rules.maxBatchBytes());
        long maxTimestamp;
        try (OutputStream packer = packing.codec().pack(packed, packing.level());
                RecordCursor records =
                        RecordCursor.copying(batch, UnpackBudget.ofAppend(), packer)) {
            maxTimestamp = walk(records, rules);
        } catch (SinewException e) {
            throw e;
        } catch (IOException | RuntimeException | SnappyError e) {
            throw unreadable(e);
        }
        return packed.finish(packing.codec(), maxTimestamp);
    }

    /// Looks at all records.
    ///
    /// @return the latest time among them
    private static long walk(RecordCursor records, RecordRules rules) throws IOException {
        var refused = new ArrayList<RefusedRecord>();
        long maxTimestamp = -1;
        while (refused.size() < REFUSED_MAX && records.next()) {
            if (records.offsetDelta() != records.index()) {
                throw new SinewException(
                        ErrorCode.INVALID_RECORD,
                        "record "
                                + records.index()
                                + " of the batch has the offset delta "
                                + records.offsetDelta());
            }
            maxTimestamp = Math.max(maxTimestamp, records.timestamp());
            rules.refuse(records).ifPresent(refused::add);
        }
        if (!refused.isEmpty()) {
            throw new RefusedRecordsException(List.copyOf(refused));
        }
        if (!records.isAtEnd()) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD, "the batch holds more records than it says");
        }
        return maxTimestamp;
    }

    private static SinewException unreadable(Throwable cause) {
        return new SinewException(
                ErrorCode.INVALID_RECORD, "the batch's records can't be read: " + cause, cause);
    }
}
