package io.sinew.ledger;

import io.sinew.base.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/// The state of each message of one partition, as a state machine without clock, thread, socket or
/// random source. One thread at a time.
///
/// What must survive a restart follows from two sequences: the records of the data partition, taken
/// in by [#ingest] in their order, and the changes of the ledger partition, applied by [#replay].
/// The other methods decide. The changes that they return have been replayed here already; whoever
/// runs this writes them down, in this order, and answers when they are durable. If they can't be
/// written down this state is ahead of the log, and must be thrown away. What else changes here is
/// who is next, which a restart may forget: it follows from the rows.
///
/// A message is in one of five places: not taken in yet; ready; delayed; leased; doomed, which is
/// on its way to the dead letters. What is dealt with has no row.
final class LedgerState {
    /// Messages that expired or are doomed and are handled by one decision at most.
    private static final int AT_ONCE_MAX = 1_000;

    private final LedgerSettings settings;
    private final Rows rows = new Rows();
    private final ReadyMessages ready;
    private final TimerWheel delayed;
    private final TimerWheel leased;
    private final RowList doomed = new RowList();
    private final DedupeWindow dedupe;

    private final SideNotes notes = new SideNotes();

    private long ingestedTo;
    private long lowestLive;
    private int nextLease;
    private boolean paused;

    /// @param nowMs no time that is told later is before it
    LedgerState(LedgerSettings settings, long nowMs) {
        this.settings = settings;
        this.ready = new ReadyMessages(rows, settings);
        this.delayed = new TimerWheel(rows, nowMs);
        this.leased = new TimerWheel(rows, nowMs);
        this.dedupe = new DedupeWindow(settings.dedupeWindowMs(), settings.dedupeMax());
    }

    // ---- what is there

    /// The offset of the next record to take in.
    long ingestedTo() {
        return ingestedTo;
    }

    /// No live message is before that offset.
    long lowestLive() {
        while (lowestLive < ingestedTo && rows.find(lowestLive) == Rows.NONE) {
            lowestLive++;
        }
        rows.lowestLive(lowestLive);
        return lowestLive;
    }

    /// Whether more records may be taken in now.
    boolean hasRoom() {
        return rows.count() < settings.trackedMax()
                && ingestedTo - lowestLive() < Rows.SPAN_MAX - settings.trackedMax();
    }

    boolean isPaused() {
        return paused;
    }

    /// Messages that consumers could have now.
    int deliverableCount() {
        return paused ? 0 : ready.deliverable();
    }

    /// @param endOffset of the data partition
    LedgerCounts counts(long endOffset) {
        return new LedgerCounts(
                ready.count(),
                delayed.count(),
                leased.count(),
                doomed.count(),
                Math.max(0, endOffset - ingestedTo));
    }

    /// Whether a message with that id would be delivered as of `nowMs`.
    DedupeAnswer known(MessageFacts.DedupeId id, long nowMs) {
        OptionalLong offset = dedupe.look(id, nowMs);
        if (offset.isPresent()) {
            return new DedupeAnswer.Known(offset.getAsLong());
        }
        return dedupe.isFull(nowMs) ? new DedupeAnswer.Full() : new DedupeAnswer.Fresh();
    }

    // ---- records of the data partition

    /// Takes in the next record. Its offset is at or behind [#ingestedTo]: what lies between is not
    /// there any more.
    ///
    /// @param nowMs decides who is ready already, and nothing that lasts
    void ingest(MessageFacts facts, long nowMs) {
        long offset = facts.offset();
        Check.that(offset >= ingestedTo, "records come in their order", offset, ingestedTo);
        ingestedTo = offset + 1;
        if (facts.dedupe().isThere()) {
            if (dedupe.find(facts.dedupe(), facts.timestampMs()).isPresent()) {
                return;
            }
            dedupe.add(facts.dedupe(), offset, facts.timestampMs());
        }
        if (rows.count() == 0) {
            lowestLive = offset;
        }
        int row = rows.add(offset, lowestLive);
        rows.priority(row, facts.priority());
        ready.join(row, facts.group());
        if (facts.expiresMs() > 0) {
            notes.expires(offset, facts.expiresMs());
            rows.expires(row, true);
        }
        wait(row, facts.dueMs(), false, nowMs);
    }

    /// Nothing before `offset` is left to take in.
    void skipTo(long offset) {
        ingestedTo = Math.max(ingestedTo, offset);
    }

    /// Puts a row that is nowhere where it waits.
    ///
    /// @param wasOut whether its ordered group waits for it: the others must not overtake
    private void wait(int row, long dueMs, boolean wasOut, long nowMs) {
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

    // ---- time

    /// When [#tick] has something to do next; [Long#MAX_VALUE] for never.
    long nextTickMs() {
        return Math.min(delayed.nextMs(), leased.nextMs());
    }

    /// Lets time pass: what is due becomes ready, and leases run out.
    List<LedgerOp> tick(long nowMs) {
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
        var ops = new ArrayList<LedgerOp>();
        var suspects = new ArrayList<Long>();
        leased.advance(nowMs, row -> expire(row, nowMs, ops, suspects));
        if (!suspects.isEmpty()) {
            ops.add(new LedgerOp.Suspected(suspects.stream().mapToLong(o -> o).toArray()));
        }
        ops.forEach(op -> replay(op, nowMs));
        return ops;
    }

    private void expire(int row, long nowMs, List<LedgerOp> ops, List<Long> suspects) {
        rows.place(row, Rows.OUT);
        if (isAlone(rows.lease(row))) {
            ops.add(failed(row, nowMs, OptionalLong.empty(), "the lease ran out"));
        } else {
            suspects.add(rows.offset(row));
        }
    }

    /// A lease of one message has an odd number.
    private static boolean isAlone(int lease) {
        return (lease & 1) == 1;
    }

    private LedgerOp.Failed failed(int row, long nowMs, OptionalLong delayMs, String cause) {
        long offset = rows.offset(row);
        int number = rows.failures(row) + 1;
        long wait = delayMs.orElseGet(() -> settings.retry().waitMs(number, offset));
        boolean last = number >= settings.failuresMax();
        return new LedgerOp.Failed(offset, dueAfter(wait, nowMs), last, nowMs, cause);
    }

    /// A wait of nothing is over at once, and not with the next tick.
    private static long dueAfter(long waitMs, long nowMs) {
        return waitMs == 0 ? 0 : nowMs + waitMs;
    }

    // ---- delivery

    /// Gives up to `most` messages to a consumer until then.
    LedgerDelivery receive(long nowMs, int most, long untilMs) {
        var handed = new ArrayList<Integer>();
        var expired = new ArrayList<LedgerOp>();
        int company = Math.max(0, most);
        while (!paused && handed.size() < company && expired.size() < AT_ONCE_MAX) {
            int row = ready.next(nowMs);
            if (row == Rows.NONE) {
                break;
            }
            if (isExpired(row, nowMs)) {
                var op = new LedgerOp.Doomed(rows.offset(row), DeadReason.EXPIRED, nowMs, "");
                replay(op, nowMs);
                expired.add(op);
                continue;
            }
            int own = Isolation.company(rows.isolation(row));
            if (own <= handed.size()) {
                break;
            }
            company = Math.min(company, own);
            ready.take(row, nowMs);
            rows.place(row, Rows.OUT);
            handed.add(row);
        }
        if (handed.isEmpty()) {
            return new LedgerDelivery(Optional.empty(), expired, List.of());
        }
        int lease = nextLeaseFor(handed.size());
        long[] offsets = handed.stream().mapToLong(rows::offset).toArray();
        List<HandedMessage> messages =
                handed.stream()
                        .map(row ->
                                new HandedMessage(rows.offset(row), lease, rows.failures(row) + 1))
                        .toList();
        var op = new LedgerOp.Leased(lease, untilMs, offsets);
        replay(op, nowMs);
        return new LedgerDelivery(Optional.of(op), expired, messages);
    }

    /// The next number that says whether it is of one message or of several.
    private int nextLeaseFor(int count) {
        boolean alone = count == 1;
        return isAlone(nextLease) == alone ? nextLease : nextLease + 1;
    }

    private boolean isExpired(int row, long nowMs) {
        return rows.expires(row) && notes.expiryOf(rows.offset(row)) <= nowMs;
    }

    // ---- what consumers say of messages that they have

    // What a consumer says counts as long as its lease is the message's newest and has not run out.

    /// Whether a consumer's lease still counts.
    boolean holds(long offset, int lease) {
        int row = rows.find(offset);
        return row != Rows.NONE && rows.place(row) == Rows.LEASED && rows.lease(row) == lease;
    }

    /// It is dealt with.
    ///
    /// @return nothing when somebody else has the message, or nobody
    Optional<LedgerOp> ack(long offset, int lease) {
        return said(offset, lease, 0, row -> new LedgerOp.Acked(new long[] {offset}));
    }

    /// As [#ack]; the consumer gives it back as it was.
    Optional<LedgerOp> giveBack(long offset, int lease, long waitMs, long nowMs) {
        long dueMs = dueAfter(waitMs, nowMs);
        return said(offset, lease, nowMs, row -> new LedgerOp.Returned(offset, dueMs));
    }

    /// As [#ack]; it failed.
    ///
    /// @param delayMs until the next try; empty for what the settings say
    Optional<LedgerOp> fail(
            long offset, int lease, OptionalLong delayMs, String cause, long nowMs) {
        return said(offset, lease, nowMs, row -> failed(row, nowMs, delayMs, cause));
    }

    /// As [#ack]; it is never to be tried again.
    Optional<LedgerOp> reject(long offset, int lease, String cause, long nowMs) {
        return said(
                offset,
                lease,
                nowMs,
                row -> new LedgerOp.Doomed(offset, DeadReason.REJECTED, nowMs, cause));
    }

    /// As [#ack]; the consumer has it until then.
    Optional<LedgerOp> extend(long offset, int lease, long untilMs) {
        return said(offset, lease, 0, row -> new LedgerOp.Extended(untilMs, new long[] {offset}));
    }

    private Optional<LedgerOp> said(
            long offset, int lease, long nowMs, IntFunction<LedgerOp> change) {
        if (!holds(offset, lease)) {
            return Optional.empty();
        }
        LedgerOp op = change.apply(rows.find(offset));
        replay(op, nowMs);
        return Optional.of(op);
    }

    // ---- administration

    /// Nothing is delivered from now on, or again.
    LedgerOp pause(boolean value) {
        return applied(new LedgerOp.Paused(value));
    }

    /// Drops what no consumer has.
    ///
    /// @param upTo only what is before this offset, also if it was not taken in yet
    LedgerOp purge(long upTo) {
        return applied(new LedgerOp.Purged(upTo));
    }

    /// The record of a message is not in the log any more: there is nothing to deliver.
    Optional<LedgerOp> gone(long offset) {
        return rows.find(offset) == Rows.NONE
                ? Optional.empty()
                : Optional.of(applied(new LedgerOp.Doomed(offset, DeadReason.GONE, 0, "")));
    }

    /// Somebody goes on with what is here: leases that were given and not written down must not
    /// meet new ones.
    ///
    /// @param spare more leases than can be lost
    LedgerOp open(int spare) {
        return applied(new LedgerOp.Opened((nextLease + spare) & ~1));
    }

    private LedgerOp applied(LedgerOp op) {
        replay(op, 0);
        return op;
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
            long offset = rows.offset(row);
            found.add(
                    new DoomedMessage(
                            offset,
                            DeadReason.of(rows.reason(row)),
                            rows.failures(row),
                            notes.failuresOf(offset)));
        }
        return found;
    }

    // ---- a look without taking

    /// Offsets of live messages from `from` on, in their order, and where each is.
    List<SeenMessage> look(long from, int most) {
        var found = new ArrayList<SeenMessage>();
        for (long offset = Math.max(from, lowestLive());
                offset < ingestedTo && found.size() < most;
                offset++) {
            int row = rows.find(offset);
            if (row != Rows.NONE) {
                found.add(
                        new SeenMessage(
                                offset,
                                MessagePlace.of(rows.place(row)),
                                rows.failures(row),
                                rows.due(row)));
            }
        }
        return found;
    }

    // ---- snapshot

    /// Gives all that a restart needs to a snapshot.
    void writeTo(LedgerSnapshotV1Format.Writer out) {
        out.begin(new LedgerSnapshotV1Format.Head(ingestedTo, lowestLive(), nextLease, paused));
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
        dedupe.forEach(out::dedupe);
        out.end();
    }

    /// Takes in the head of a snapshot, into a state that is empty.
    void restore(LedgerSnapshotV1Format.Head head) {
        ingestedTo = head.ingestedTo();
        lowestLive = head.lowestLive();
        nextLease = head.nextLease();
        paused = head.paused();
    }

    /// Takes in a row of a snapshot.
    void restore(LedgerSnapshotV1Format.Row saved, long nowMs) {
        long offset = saved.offset();
        if (offset < lowestLive
                || offset >= Math.min(ingestedTo, lowestLive + Rows.SPAN_MAX)
                || rows.find(offset) != Rows.NONE) {
            throw ByteSource.damaged("it has a message where none can be");
        }
        int row = rows.add(saved.offset(), lowestLive);
        rows.priority(row, saved.priority());
        rows.isolation(row, saved.isolation());
        rows.failures(row, saved.failures());
        ready.join(row, saved.group());
        if (saved.expiresMs() > 0) {
            notes.expires(saved.offset(), saved.expiresMs());
            rows.expires(row, true);
        }
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
            default -> wait(row, saved.dueMs(), saved.holds(), nowMs);
        }
    }

    /// Takes in a dedupe id of a snapshot; the oldest first.
    void restoreDedupe(MessageFacts.DedupeId id, long offset, long timestampMs) {
        dedupe.add(id, offset, timestampMs);
    }

    // ---- replay

    /// Applies a change.
    ///
    /// @param nowMs decides who is ready already, and nothing that lasts
    void replay(LedgerOp op, long nowMs) {
        switch (op) {
            case LedgerOp.Opened(int next) -> nextLease = next;
            case LedgerOp.Leased(int lease, long untilMs, long[] offsets) -> {
                nextLease = lease + 1;
                each(offsets, row -> lease(row, lease, untilMs));
            }
            case LedgerOp.Acked(long[] offsets) -> each(offsets, this::end);
            case LedgerOp.Buried(long[] offsets) -> each(offsets, this::end);
            case LedgerOp.Returned(long offset, long dueMs) ->
                    each(new long[] {offset}, row -> comeBack(row, dueMs, nowMs));
            case LedgerOp.Failed failed ->
                    each(new long[] {failed.offset()}, row -> fail(row, failed, nowMs));
            case LedgerOp.Suspected(long[] offsets) ->
                    each(
                            offsets,
                            row -> {
                                rows.isolation(row, Isolation.next(rows.isolation(row)));
                                comeBack(row, 0, nowMs);
                            });
            case LedgerOp.Extended(long untilMs, long[] offsets) ->
                    each(offsets, row -> lease(row, rows.lease(row), untilMs));
            case LedgerOp.Doomed doomed ->
                    each(new long[] {doomed.offset()}, row -> doom(row, doomed));
            case LedgerOp.Paused(boolean value) -> paused = value;
            case LedgerOp.Purged(long upTo) -> dropBefore(upTo);
        }
    }

    private interface RowChange {
        void apply(int row);
    }

    /// A message without a row is one whose record was deleted from the log: nothing follows.
    private void each(long[] offsets, RowChange change) {
        for (long offset : offsets) {
            int row = rows.find(offset);
            if (row != Rows.NONE) {
                change.apply(row);
            }
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

    private void lease(int row, int lease, long untilMs) {
        takeOut(row);
        rows.lease(row, lease);
        rows.due(row, untilMs);
        rows.place(row, Rows.LEASED);
        leased.add(row);
        ready.holdPlace(row);
    }

    private void comeBack(int row, long dueMs, long nowMs) {
        takeOut(row);
        wait(row, dueMs, true, nowMs);
    }

    private void fail(int row, LedgerOp.Failed failed, long nowMs) {
        takeOut(row);
        int number = Math.min(rows.failures(row) + 1, LedgerSettings.FAILURES_LIMIT);
        rows.failures(row, number);
        note(row, new FailureNote(failed.atMs(), failed.cause()));
        if (failed.doomed()) {
            putToDoomed(row, DeadReason.FAILED);
            return;
        }
        wait(row, failed.dueMs(), true, nowMs);
    }

    private void doom(int row, LedgerOp.Doomed doomed) {
        takeOut(row);
        if (!doomed.cause().isEmpty()) {
            note(row, new FailureNote(doomed.atMs(), doomed.cause()));
        }
        putToDoomed(row, doomed.reason());
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

    private void end(int row) {
        takeOut(row);
        ready.leave(row);
        if (rows.expires(row) || rows.noted(row)) {
            notes.forget(rows.offset(row));
        }
        rows.remove(row);
    }

    private void dropBefore(long upTo) {
        for (int row : rows.inOrder()) {
            if (rows.offset(row) < upTo && rows.place(row) != Rows.LEASED) {
                end(row);
            }
        }
        skipTo(upTo);
    }
}
