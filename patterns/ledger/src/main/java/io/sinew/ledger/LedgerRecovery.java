package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes a ledger's state from the records of its partition: from the last snapshot that is whole,
/// if there is one, and from the changes since it began.
final class LedgerRecovery {
    private final LedgerSettings settings;
    private final long nowMs;

    /// From the changes alone; not to be used while a snapshot was first and is not whole yet.
    private @Nullable LedgerState state;

    /// From the snapshot that is being read, and the changes since it began.
    private @Nullable LedgerState next;

    private final List<LedgerRecordV1Format.Changes> since = new ArrayList<>();
    private long entries;
    private boolean first = true;

    LedgerRecovery(LedgerSettings settings, long nowMs) {
        this.settings = settings;
        this.nowMs = nowMs;
    }

    /// Takes in records of the data partition.
    interface Ingester {
        /// All that are there before the offset and not taken in yet.
        void ingest(LedgerState into, long upTo) throws InterruptedException;
    }

    /// Takes the next record of the ledger partition.
    ///
    /// @throws io.sinew.base.SinewException `DAMAGED_DATA`
    void take(byte[] record, Ingester ingester) throws InterruptedException {
        var in = new ByteSource(record);
        int kind = LedgerRecordV1Format.kindOf(in);
        if (first && kind != LedgerRecordV1Format.SNAPSHOT_BEGIN) {
            state = new LedgerState(settings, nowMs);
        }
        first = false;
        switch (kind) {
            case LedgerRecordV1Format.CHANGES -> {
                LedgerRecordV1Format.Changes changes = LedgerRecordV1Format.takeChanges(in);
                if (next != null) {
                    since.add(changes);
                }
                if (state != null) {
                    apply(state, changes, ingester);
                }
            }
            case LedgerRecordV1Format.SNAPSHOT_BEGIN -> {
                // Another may have been begun and never ended.
                next = new LedgerState(settings, nowMs);
                next.restore(LedgerSnapshotV1Format.takeHead(in));
                since.clear();
                entries = 0;
            }
            case LedgerRecordV1Format.SNAPSHOT_PART ->
                    entries += LedgerSnapshotV1Format.takePart(in, snapshot(), nowMs);
            case LedgerRecordV1Format.SNAPSHOT_END -> {
                end(in, ingester);
            }
            default -> throw ByteSource.damaged("it is of kind " + kind);
        }
    }

    private void end(ByteSource in, Ingester ingester) throws InterruptedException {
        LedgerState whole = snapshot();
        if (in.takeVarlong() != entries) {
            throw ByteSource.damaged("a part of a snapshot is missing");
        }
        for (LedgerRecordV1Format.Changes changes : since) {
            apply(whole, changes, ingester);
        }
        state = whole;
        next = null;
        since.clear();
    }

    private LedgerState snapshot() {
        if (next == null) {
            throw ByteSource.damaged("a part of a snapshot has no beginning");
        }
        return next;
    }

    private void apply(LedgerState to, LedgerRecordV1Format.Changes changes, Ingester ingester)
            throws InterruptedException {
        ingester.ingest(to, changes.ingestedTo());
        for (LedgerOp op : changes.ops()) {
            to.replay(op, nowMs);
        }
    }

    /// The state behind all records; a new one if there were none.
    ///
    /// @param dataEnd where the data partition ends
    /// @throws io.sinew.base.SinewException `DAMAGED_DATA`
    LedgerState state(long dataEnd) {
        if (first) {
            return new LedgerState(settings, nowMs);
        }
        if (state == null) {
            throw ByteSource.damaged("it belongs to a snapshot whose end is missing");
        }
        if (state.ingestedTo() > dataEnd) {
            throw endsTooEarly(dataEnd, state.ingestedTo());
        }
        return state;
    }

    /// The refusal of a data partition that has lost its last records: going on would take new
    /// records for those that were dealt with.
    static SinewException endsTooEarly(long dataEnd, long ingestedTo) {
        return new SinewException(
                ErrorCode.DAMAGED_DATA,
                "the topic ends at "
                        + dataEnd
                        + ", and its ledger has dealt with records up to "
                        + ingestedTo
                        + ": it has lost records, or was made anew. Delete the queue, or give the"
                        + " topic back what it had");
    }
}
