package io.sinew.ledger;

import io.sinew.base.Check;
import java.util.ArrayList;
import java.util.Iterator;
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

    /// Far messages that are appended once more after one look at all of them.
    private static final int MOVED_MAX = 100_000;

    private final LedgerSettings settings;

    // Others when everything is forgotten.
    private MessageTable table;
    private Rows rows;
    private ReadyMessages ready;
    private FarMessages far;
    private DedupeWindow dedupe;

    private long ingestedTo;

    /// What had been taken in as of the last snapshot, or everything was forgotten at since.
    private long snapshotAt;

    private long lowestLive;
    private int nextLease;
    private boolean paused;

    /// @param nowMs no time that is told later is before it
    LedgerState(LedgerSettings settings, long nowMs) {
        this.settings = settings;
        this.table = new MessageTable(settings, nowMs);
        this.rows = table.rows();
        this.ready = table.ready();
        this.far = new FarMessages(settings.farMs());
        this.dedupe = new DedupeWindow(settings.dedupeWindowMs(), settings.dedupeMax());
    }

    // ---- what is there

    /// The offset of the next record to take in.
    long ingestedTo() {
        return ingestedTo;
    }

    /// No live message is before that offset.
    long lowestLive() {
        lowestLive = rows.firstLive(lowestLive, Math.min(ingestedTo, far.lowest()));
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
        return mayDeliver() ? ready.deliverable() : 0;
    }

    private boolean mayDeliver() {
        return !paused && !(settings.parks() && table.doomedCount() >= settings.parkedMax());
    }

    /// @param endOffset of the data partition
    LedgerCounts counts(long endOffset) {
        return new LedgerCounts(
                ready.count(),
                table.delayedCount() + far.count(),
                table.leasedCount(),
                table.doomedCount(),
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
        if (far.isFar(facts.dueMs(), facts.timestampMs())) {
            far.add(new FarMessage(offset, facts.dueMs()), facts.timestampMs());
        } else {
            admit(facts, nowMs);
        }
    }

    private void admit(MessageFacts facts, long nowMs) {
        if (rows.count() == 0) {
            lowestLive = Math.min(facts.offset(), far.lowest());
        }
        table.admit(facts, lowestLive, nowMs);
    }

    /// Nothing before `offset` is left to take in.
    void skipTo(long offset) {
        ingestedTo = Math.max(ingestedTo, offset);
    }

    // ---- time

    /// When [#tick] has something to do next; [Long#MAX_VALUE] for never.
    long nextTickMs() {
        return table.nextMs();
    }

    /// Lets time pass: what is due becomes ready, and leases run out.
    List<LedgerOp> tick(long nowMs) {
        var ops = new ArrayList<LedgerOp>();
        var suspects = new ArrayList<Long>();
        table.advance(nowMs, row -> ranOut(row, nowMs, ops, suspects));
        if (!suspects.isEmpty()) {
            ops.add(new LedgerOp.Suspected(suspects.stream().mapToLong(o -> o).toArray()));
        }
        ops.forEach(op -> replay(op, nowMs));
        return ops;
    }

    private void ranOut(int row, long nowMs, List<LedgerOp> ops, List<Long> suspects) {
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

    // ---- messages that are not due for long

    /// When the next of them come near; [Long#MAX_VALUE] for never.
    long nearMs() {
        return far.nearMs();
    }

    /// Far messages whose records are to be read again now.
    Optional<FarMessages.Lot> near(long nowMs) {
        return rows.count() < settings.trackedMax()
                ? far.near(nowMs, AT_ONCE_MAX)
                : Optional.empty();
    }

    /// They were read.
    ///
    /// @param found what is still in the log
    /// @return nothing when they are not what comes near any more
    Optional<LedgerOp> near(FarMessages.Lot lot, List<MessageFacts> found, long nowMs) {
        if (!far.has(lot)) {
            return Optional.empty();
        }
        var op = new LedgerOp.Neared(lot.bucket(), lot.messages().size(), nowMs, found);
        replay(op, nowMs);
        return Optional.of(op);
    }

    /// Far messages that alone keep the log behind them, to be appended once more; none as long as
    /// there are more of them than a quarter of what they keep. What comes near soon stays.
    List<FarMessage> pinning(long nowMs) {
        long kept = ingestedTo - lowestLive();
        if (far.lowest() != lowestLive || kept < settings.pinnedMax() + 4L * far.count()) {
            return List.of();
        }
        return far.from(lowestLive, MOVED_MAX).stream()
                .filter(message -> far.isFar(message.dueMs(), nowMs + settings.farMs()))
                .toList();
    }

    private void near(LedgerOp.Neared op, long nowMs) {
        far.drop(op.bucket(), op.count());
        for (MessageFacts facts : op.found()) {
            requireLive(facts.offset());
            if (far.isFar(facts.dueMs(), op.atMs())) {
                far.add(new FarMessage(facts.offset(), facts.dueMs()), op.atMs());
            } else {
                admit(facts, nowMs);
            }
        }
    }

    // ---- delivery

    /// Gives up to `most` messages to a consumer until then.
    LedgerDelivery receive(long nowMs, int most, long untilMs) {
        var handed = new ArrayList<Integer>();
        var expired = new ArrayList<LedgerOp>();
        int company = Math.max(0, most);
        while (mayDeliver() && handed.size() < company && expired.size() < AT_ONCE_MAX) {
            int row = ready.next(nowMs);
            if (row == Rows.NONE) {
                break;
            }
            if (table.isExpired(row, nowMs)) {
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
            table.handOut(row, nowMs);
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

    /// Forgets all messages, and goes on with the records from an offset on, whether they were
    /// taken in before or not.
    LedgerOp seek(long offset, long nowMs) {
        var op = new LedgerOp.Sought(offset);
        replay(op, nowMs);
        return op;
    }

    private void forgetAll(long goOnFrom, long nowMs) {
        table = new MessageTable(settings, nowMs);
        rows = table.rows();
        ready = table.ready();
        far = new FarMessages(settings.farMs());
        dedupe = new DedupeWindow(settings.dedupeWindowMs(), settings.dedupeMax());
        ingestedTo = goOnFrom;
        snapshotAt = goOnFrom;
        lowestLive = goOnFrom;
    }

    /// The record of a message is not in the log any more: there is nothing to deliver, and where
    /// doomed messages stay there is nothing to keep.
    Optional<LedgerOp> gone(long offset) {
        if (rows.find(offset) == Rows.NONE) {
            return Optional.empty();
        }
        return Optional.of(
                applied(
                        settings.parks()
                                ? new LedgerOp.Acked(new long[] {offset})
                                : new LedgerOp.Doomed(offset, DeadReason.GONE, 0, "")));
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
        return table.isSomethingDoomed();
    }

    /// The first doomed messages.
    List<DoomedMessage> dying(int most) {
        return table.dying(most);
    }

    /// Doomed messages from an offset on, in their order.
    List<DoomedMessage> doomed(long from, int most) {
        return table.doomed(from, most);
    }

    /// Has doomed messages tried again, as if they had never failed.
    ///
    /// @return nothing when none of them is doomed
    Optional<LedgerOp> redrive(List<Long> offsets, long nowMs) {
        long[] meant = doomedAmong(offsets);
        if (meant.length == 0) {
            return Optional.empty();
        }
        var op = new LedgerOp.Redriven(meant);
        replay(op, nowMs);
        return Optional.of(op);
    }

    /// Forgets doomed messages.
    ///
    /// @return nothing when none of them is doomed
    Optional<LedgerOp> drop(List<Long> offsets) {
        long[] meant = doomedAmong(offsets);
        return meant.length == 0
                ? Optional.empty()
                : Optional.of(applied(new LedgerOp.Acked(meant)));
    }

    private long[] doomedAmong(List<Long> offsets) {
        return offsets.stream()
                .mapToLong(Long::longValue)
                .filter(offset -> {
                    int row = rows.find(offset);
                    return row != Rows.NONE && rows.place(row) == Rows.DOOMED;
                })
                .toArray();
    }

    // ---- a look without taking

    /// Offsets of live messages from `from` on, in their order, and where each is.
    List<SeenMessage> look(long from, int most) {
        var found = new ArrayList<SeenMessage>();
        Iterator<FarMessage> farther = far.from(from, most).iterator();
        FarMessage next = farther.hasNext() ? farther.next() : null;
        long offset = rows.firstLive(Math.max(from, lowestLive()), ingestedTo);
        while (found.size() < most && (next != null || offset < ingestedTo)) {
            if (next != null && next.offset() < offset) {
                found.add(new SeenMessage(next.offset(), MessagePlace.DELAYED, 0, next.dueMs()));
                next = farther.hasNext() ? farther.next() : null;
            } else {
                found.add(table.seen(rows.find(offset)));
                offset = rows.firstLive(offset + 1, ingestedTo);
            }
        }
        return found;
    }

    // ---- snapshot

    /// Whether a restart would take in far more than a snapshot would have.
    ///
    /// @param most offsets since the last one that are little in any case
    boolean isSnapshotWorthIt(long most) {
        long entries = (long) rows.count() + far.count() + dedupe.count();
        return ingestedTo - snapshotAt > most + 2 * entries;
    }

    /// Gives all that a restart needs to a snapshot.
    void writeTo(LedgerSnapshotV1Format.Writer out) {
        snapshotAt = ingestedTo;
        out.begin(new LedgerSnapshotV1Format.Head(ingestedTo, lowestLive(), nextLease, paused));
        table.writeTo(out);
        far.forEach(AT_ONCE_MAX, out::far);
        dedupe.forEach(out::dedupe);
        out.end();
    }

    /// Takes in the head of a snapshot, into a state that is empty.
    void restore(LedgerSnapshotV1Format.Head head) {
        ingestedTo = head.ingestedTo();
        snapshotAt = head.ingestedTo();
        lowestLive = head.lowestLive();
        nextLease = head.nextLease();
        paused = head.paused();
    }

    /// Takes in a row of a snapshot.
    void restore(LedgerSnapshotV1Format.Row saved, long nowMs) {
        requireLive(saved.offset());
        table.restore(saved, lowestLive, nowMs);
    }

    /// Takes in far messages of a snapshot.
    void restore(FarMessages.Lot saved) {
        for (FarMessage message : saved.messages()) {
            requireLive(message.offset());
            far.restore(saved.bucket(), message);
        }
    }

    /// A message that is read from a ledger can get a row.
    private void requireLive(long offset) {
        if (offset < lowestLive
                || offset >= Math.min(ingestedTo, lowestLive + Rows.SPAN_MAX)
                || rows.find(offset) != Rows.NONE) {
            throw ByteSource.damaged("it has a message where none can be");
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
                each(offsets, row -> table.lease(row, lease, untilMs));
            }
            case LedgerOp.Acked(long[] offsets) -> each(offsets, table::end);
            case LedgerOp.Buried(long[] offsets) -> each(offsets, table::end);
            case LedgerOp.Returned(long offset, long dueMs) ->
                    each(new long[] {offset}, row -> table.comeBack(row, dueMs, nowMs));
            case LedgerOp.Failed failed ->
                    each(new long[] {failed.offset()}, row -> table.fail(row, failed, nowMs));
            case LedgerOp.Suspected(long[] offsets) ->
                    each(
                            offsets,
                            row -> {
                                rows.isolation(row, Isolation.next(rows.isolation(row)));
                                table.comeBack(row, 0, nowMs);
                            });
            case LedgerOp.Extended(long untilMs, long[] offsets) ->
                    each(offsets, row -> table.lease(row, rows.lease(row), untilMs));
            case LedgerOp.Doomed doomed ->
                    each(new long[] {doomed.offset()}, row -> table.doom(row, doomed));
            case LedgerOp.Paused(boolean value) -> paused = value;
            case LedgerOp.Purged(long upTo) -> {
                table.dropBefore(upTo);
                far.dropBefore(upTo);
                skipTo(upTo);
            }
            case LedgerOp.Redriven(long[] offsets) ->
                    each(offsets, row -> table.redrive(row, nowMs));
            case LedgerOp.Sought(long offset) -> forgetAll(offset, nowMs);
            case LedgerOp.Neared neared -> near(neared, nowMs);
            case LedgerOp.Moved(List<FarMessage> messages) -> far.remove(messages);
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
}
