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

    /// The offset of the data partition at which the ledger began.
    private final long start;

    /// Whether it begins with a snapshot: what stands before its first whole one is the rest of
    /// what was forgotten. One that has its partition for itself begins with its first change
    /// instead.
    private final boolean fromSnapshot;

    /// From the changes alone; not to be used while a snapshot was first and is not whole yet.
    private @Nullable LedgerState state;

    /// From the snapshot that is being read, and the changes since it began.
    private @Nullable LedgerState next;

    private final List<LedgerRecordV1Format.Changes> since = new ArrayList<>();
    private long entries;
    private boolean first = true;

    /// Where the snapshot begins that is being read, and what [#state] was made from.
    private long nextBegin = -1;

    private long begin = -1;

    private LedgerRecovery(LedgerSettings settings, long nowMs, long start, boolean fromSnapshot) {
        this.settings = settings;
        this.nowMs = nowMs;
        this.start = start;
        this.fromSnapshot = fromSnapshot;
    }

    /// @param partition of the topic
    static LedgerRecovery of(LedgerConfig config, int partition, long nowMs) {
        return new LedgerRecovery(
                config.settings(),
                nowMs,
                config.lane().map(lane -> lane.start(partition)).orElse(0L),
                config.lane().isPresent());
    }

    /// Of a ledger that has its partition for itself.
    static LedgerRecovery alone(LedgerSettings settings, long nowMs) {
        return new LedgerRecovery(settings, nowMs, 0, false);
    }

    private LedgerState fresh() {
        var fresh = new LedgerState(settings, nowMs);
        fresh.skipTo(start);
        return fresh;
    }

    /// Takes in records of the data partition.
    interface Ingester {
        /// All that are there before the offset and not taken in yet.
        void ingest(LedgerState into, long upTo) throws InterruptedException;
    }

    /// Takes the next record of the ledger partition.
    ///
    /// @throws io.sinew.base.SinewException `DAMAGED_DATA`
    void take(long offset, byte[] record, Ingester ingester) throws InterruptedException {
        var in = new ByteSource(record);
        int kind = LedgerRecordV1Format.kindOf(in);
        boolean begins = kind == LedgerRecordV1Format.SNAPSHOT_BEGIN;
        if (fromSnapshot && state == null && next == null && !begins) {
            return;
        }
        if (first && !begins) {
            state = fresh();
            begin = offset;
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
                nextBegin = offset;
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
        begin = nextBegin;
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
        if (first || (fromSnapshot && state == null)) {
            return fresh();
        }
        if (state == null) {
            throw ByteSource.damaged("it belongs to a snapshot whose end is missing");
        }
        if (state.ingestedTo() > dataEnd) {
            throw endsTooEarly(dataEnd, state.ingestedTo());
        }
        return state;
    }

    /// Offset of the snapshot that the state was made from, or of the first change; -1 for neither.
    long begin() {
        return begin;
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
                        + ": it has lost records, or was made anew. Delete the queue or"
                        + " subscription, or give the topic back what it had");
    }
}
