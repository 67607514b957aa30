package io.sinew.ledger;

import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Appends far messages once more, at the end of their own partition, and drops them where they
/// were, in one commit: else a message for next year would keep a year of the topic on the disk.
/// What is moved has another offset and another time than when it was sent; it says which.
final class FarMove {
    /// Where a message was sent first, and when in ms since 1970.
    static final String OFFSET = "sinew-moved-offset";

    static final String SENT = "sinew-moved-sent";

    /// Bytes of records in one commit, more or less.
    private static final long COMMIT_BYTES = 1 << 20;

    private final ShardLog log;
    private final long nowMs;

    FarMove(ShardLog log, long nowMs) {
        this.log = log;
        this.nowMs = nowMs;
    }

    /// Moves messages, and tells of each commit when it is durable.
    ///
    /// @param messages in the order of their offsets
    /// @param moved applies the change
    void move(List<FarMessage> messages, Consumer<LedgerOp> moved) throws InterruptedException {
        var records = new ArrayList<NewRecord>();
        var of = new ArrayList<FarMessage>();
        var bytes = new long[1];
        log.forEach(
                messages,
                (message, record) -> {
                    of.add(message);
                    // What the log does not have any more leaves nothing to append.
                    if (record.isPresent()) {
                        NewRecord again = again(record.get());
                        records.add(again);
                        bytes[0] += again.sizeBytes();
                    }
                    if (bytes[0] >= COMMIT_BYTES) {
                        commit(records, of, moved);
                        bytes[0] = 0;
                    }
                });
        if (!of.isEmpty()) {
            commit(records, of, moved);
        }
    }

    private void commit(List<NewRecord> records, List<FarMessage> of, Consumer<LedgerOp> moved)
            throws InterruptedException {
        var op = new LedgerOp.Moved(of);
        ByteSink changes = LedgerRecordV1Format.begin(of.getLast().offset() + 1);
        LedgerRecordV1Format.put(changes, op);
        List<Owner.Append> appends =
                records.isEmpty() ? List.of() : List.of(new Owner.Append(log.data(), records));
        long _ = log.commit(List.of(changes.toBytes()), appends, nowMs);
        moved.accept(op);
        records.clear();
        of.clear();
    }

    private NewRecord again(StoredRecord record) {
        var headers = new ArrayList<Header>();
        boolean movedBefore = false;
        for (Header header : record.headers()) {
            movedBefore |= header.name().equals(OFFSET);
            headers.add(
                    header.name().equals(MessageHeaders.DEDUPE)
                            ? new Header(DeadLetters.WAS_DEDUPE, header.value())
                            : header);
        }
        if (!movedBefore) {
            headers.add(Header.of(OFFSET, Long.toString(record.offset())));
            headers.add(Header.of(SENT, Long.toString(record.timestampMs())));
        }
        return new NewRecord(record.key(), record.value(), headers, nowMs);
    }
}
