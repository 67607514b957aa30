package io.sinew.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/// The live messages of a partition that have rows, and where each is: ready, delayed, leased or
/// doomed. Here a row is moved from one place to another with all that hangs on it: timers, lists,
/// its place in its ordered group. [LedgerState] says when.
final class MessageTable {
    private final Rows rows = new Rows();
    private final ReadyMessages ready;
    private final TimerWheel delayed;
    private final TimerWheel leased;
    private final RowList doomed = new RowList();
    private final SideNotes notes = new SideNotes();

    /// @param nowMs no time that is told later is before it
    MessageTable(LedgerSettings settings, long nowMs) {
        this.ready = new ReadyMessages(rows, settings);
        this.delayed = new TimerWheel(rows, nowMs);
        this.leased = new TimerWheel(rows, nowMs);
    }

    Rows rows() {
        return rows;
    }

    ReadyMessages ready() {
        return ready;
    }

    int delayedCount() {
        return delayed.count();
    }

    int leasedCount() {
        return leased.count();
    }

    int doomedCount() {
        return doomed.count();
    }

    /// Makes a row for a message that has none.
    ///
    /// @param lowestLive no live message is before it
    void admit(MessageFacts facts, long lowestLive, long nowMs) {
        int row = rows.add(facts.offset(), lowestLive);
        rows.priority(row, facts.priority());
        ready.join(row, facts.group());
        expires(row, facts.expiresMs());
        await(row, facts.dueMs(), false, nowMs);
    }

    private void expires(int row, long ms) {
        if (ms > 0) {
            notes.expires(rows.offset(row), ms);
            rows.expires(row, true);
        }
    }

    boolean isExpired(int row, long nowMs) {
        return rows.expires(row) && notes.expiryOf(rows.offset(row)) <= nowMs;
    }

    // ---- time

    /// When [#advance] has something to do next; [Long#MAX_VALUE] for never.
    long nextMs() {
        return Math.min(delayed.nextMs(), leased.nextMs());
    }

    /// Makes what is due ready.
    ///
    /// @param ranOut gets the rows whose leases ran out, which are nowhere then
    void advance(long nowMs, IntConsumer ranOut) {
        delayed.advance(
                nowMs,
                row -> {
                    rows.place(row, Rows.READY);
                    rows.due(row, 0);
                    if (rows.holds(row)) {
                        ready.givePlace(row);
                    }
                    ready.add(row, nowMs);
                });
        leased.advance(
                nowMs,
                row -> {
                    rows.place(row, Rows.OUT);
                    ranOut.accept(row);
                });
    }

    // ---- from one place to another

    /// Puts a row that is nowhere where it waits.
    ///
    /// @param wasOut whether its ordered group waits for it: the others must not overtake
    private void await(int row, long dueMs, boolean wasOut, long nowMs) {
        if (!TimerWheel.isOver(dueMs, nowMs)) {
            rows.due(row, dueMs);
            rows.place(row, Rows.DELAYED);
            rows.holds(row, wasOut);
            delayed.add(row);
            if (wasOut) {
                ready.holdPlace(row);
            }
        } else {
            rows.place(row, Rows.READY);
            rows.due(row, 0);
            ready.add(row, nowMs);
        }
    }

    /// Takes a row out of wherever it is, with its place in its group.
    private void takeOut(int row) {
        switch (rows.place(row)) {
            case Rows.READY -> ready.remove(row);
            case Rows.DELAYED -> {
                delayed.remove(row);
                if (rows.holds(row)) {
                    ready.givePlace(row);
                }
            }
            case Rows.LEASED -> {
                leased.remove(row);
                ready.givePlace(row);
            }
            case Rows.DOOMED -> doomed.remove(rows, row);
            default -> ready.givePlace(row);
        }
        rows.place(row, Rows.OUT);
    }

    /// It is about to be leased; until then it is nowhere.
    void handOut(int row, long nowMs) {
        ready.take(row, nowMs);
        rows.place(row, Rows.OUT);
    }

    void lease(int row, int lease, long untilMs) {
        takeOut(row);
        rows.lease(row, lease);
        rows.due(row, untilMs);
        rows.place(row, Rows.LEASED);
        leased.add(row);
        ready.holdPlace(row);
    }

    void comeBack(int row, long dueMs, long nowMs) {
        takeOut(row);
        await(row, dueMs, true, nowMs);
    }

    void fail(int row, LedgerOp.Failed failed, long nowMs) {
        takeOut(row);
        int number = Math.min(rows.failures(row) + 1, LedgerSettings.FAILURES_LIMIT);
        rows.failures(row, number);
        note(row, new FailureNote(failed.atMs(), failed.cause()));
        if (failed.doomed()) {
            putToDoomed(row, DeadReason.FAILED);
            return;
        }
        await(row, failed.dueMs(), true, nowMs);
    }

    void doom(int row, LedgerOp.Doomed doom) {
        takeOut(row);
        if (!doom.cause().isEmpty()) {
            note(row, new FailureNote(doom.atMs(), doom.cause()));
        }
        putToDoomed(row, doom.reason());
    }

    /// A doomed row is ready again; how it failed stays known.
    void redrive(int row, long nowMs) {
        if (rows.place(row) == Rows.DOOMED) {
            rows.failures(row, 0);
            rows.isolation(row, 0);
            rows.reason(row, 0);
            comeBack(row, 0, nowMs);
        }
    }

    private void note(int row, FailureNote note) {
        rows.noted(row, true);
        notes.add(rows.offset(row), note);
    }

    private void putToDoomed(int row, DeadReason reason) {
        rows.due(row, 0);
        rows.reason(row, reason.code());
        rows.place(row, Rows.DOOMED);
        doomed.addLast(rows, row);
    }

    void end(int row) {
        takeOut(row);
        ready.leave(row);
        if (rows.expires(row) || rows.noted(row)) {
            notes.forget(rows.offset(row));
        }
        rows.remove(row);
    }

    /// Ends everything before an offset that no consumer has.
    void dropBefore(long offset) {
        for (int row : rows.inOrder()) {
            if (rows.offset(row) < offset && rows.place(row) != Rows.LEASED) {
                end(row);
            }
        }
    }

    // ---- dead letters

    boolean isSomethingDoomed() {
        return !doomed.isEmpty();
    }

    /// The first doomed messages.
    List<DoomedMessage> dying(int most) {
        var found = new ArrayList<DoomedMessage>();
        for (int row = doomed.head();
                row != Rows.NONE && found.size() < most;
                row = rows.next(row)) {
            found.add(doomed(row));
        }
        return found;
    }

    /// Doomed messages from an offset on, in their order.
    List<DoomedMessage> doomed(long from, int most) {
        var offsets = new ArrayList<Long>();
        for (int row = doomed.head(); row != Rows.NONE; row = rows.next(row)) {
            if (rows.offset(row) >= from) {
                offsets.add(rows.offset(row));
            }
        }
        return offsets.stream().sorted().limit(most).map(at -> doomed(rows.find(at))).toList();
    }

    private DoomedMessage doomed(int row) {
        long offset = rows.offset(row);
        return new DoomedMessage(
                offset,
                DeadReason.of(rows.reason(row)),
                rows.failures(row),
                notes.failuresOf(offset));
    }

    // ---- a look, and snapshots

    SeenMessage seen(int row) {
        return new SeenMessage(
                rows.offset(row),
                MessagePlace.of(rows.place(row)),
                rows.failures(row),
                rows.due(row));
    }

    /// Gives all rows to a snapshot.
    void writeTo(LedgerSnapshotV1Format.Writer out) {
        for (int row : rows.inOrder()) {
            long offset = rows.offset(row);
            out.row(
                    new LedgerSnapshotV1Format.Row(
                            offset,
                            rows.place(row),
                            rows.due(row),
                            rows.lease(row),
                            rows.failures(row),
                            rows.priority(row),
                            rows.isolation(row),
                            rows.reason(row),
                            rows.place(row) == Rows.DELAYED && rows.holds(row),
                            ready.groupHash(row),
                            rows.expires(row) ? notes.expiryOf(offset) : 0,
                            notes.failuresOf(offset)));
        }
    }

    /// Takes in a row of a snapshot.
    void restore(LedgerSnapshotV1Format.Row saved, long lowestLive, long nowMs) {
        int row = rows.add(saved.offset(), lowestLive);
        rows.priority(row, saved.priority());
        rows.isolation(row, saved.isolation());
        rows.failures(row, saved.failures());
        ready.join(row, saved.group());
        expires(row, saved.expiresMs());
        if (!saved.notes().isEmpty()) {
            rows.noted(row, true);
            saved.notes().forEach(note -> notes.add(saved.offset(), note));
        }
        switch (saved.place()) {
            case Rows.LEASED -> {
                rows.lease(row, saved.lease());
                rows.due(row, saved.dueMs());
                rows.place(row, Rows.LEASED);
                leased.add(row);
                ready.holdPlace(row);
            }
            case Rows.DOOMED -> putToDoomed(row, DeadReason.of(saved.reason()));
            default -> await(row, saved.dueMs(), saved.holds(), nowMs);
        }
    }
}
