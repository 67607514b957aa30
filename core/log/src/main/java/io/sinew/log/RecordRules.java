package io.sinew.log;

import io.sinew.base.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Optional;

/// What a topic asks of the records that producers send, and what their batch's header does not
/// tell for certain.
///
/// @param keysRequired a compacted topic keeps the last record of each key, and takes none without
/// @param oldestMs a record's time is not before this; `Long.MIN_VALUE` for any
/// @param latestMs … and not after this; `Long.MAX_VALUE` for any
/// @param packing how the batch is to be stored; empty for as it comes
/// @param maxBatchBytes bytes that it may have then
public record RecordRules(
        boolean keysRequired,
        long oldestMs,
        long latestMs,
        Optional<Packing> packing,
        int maxBatchBytes) {
    /// Stands for no time at all, and is always allowed.
    private static final long NO_TIMESTAMP = -1;

    /// Whether the records have to be looked at. The header has the latest time; that is believed,
    /// for it is what retention and look-ups by time go by.
    boolean needRecords(ByteBuffer batch) {
        return keysRequired
                || oldestMs != Long.MIN_VALUE
                || BatchV2Format.maxTimestamp(batch, batch.position()) > latestMs;
    }

    /// How the batch is to be packed if it is not packed so already.
    Optional<Packing> newPacking(ByteBuffer batch) {
        int codec = BatchV2Format.compression(batch, batch.position());
        return packing.filter(wanted -> wanted.codec().number() != codec);
    }

    /// What is wrong with the record that the cursor is at, if anything.
    Optional<RefusedRecord> refuse(RecordCursor record) {
        if (keysRequired && !record.hasKey()) {
            return Optional.of(
                    new RefusedRecord(
                            record.index(),
                            ErrorCode.INVALID_RECORD,
                            "it has no key, and the topic is compacted"));
        }
        long time = record.timestamp();
        if (time != NO_TIMESTAMP && (time < oldestMs || time > latestMs)) {
            return Optional.of(
                    new RefusedRecord(
                            record.index(),
                            ErrorCode.INVALID_TIMESTAMP,
                            "its time, " + time + ", is not within " + times()));
        }
        return Optional.empty();
    }

    /// The times that are allowed, for people.
    String times() {
        return "["
                + (oldestMs == Long.MIN_VALUE ? "any" : oldestMs)
                + ", "
                + (latestMs == Long.MAX_VALUE ? "any" : latestMs)
                + "] (message.timestamp.before.max.ms, message.timestamp.after.max.ms)";
    }
}
