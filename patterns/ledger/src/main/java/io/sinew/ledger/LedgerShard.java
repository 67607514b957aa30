package io.sinew.ledger;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.Joins;
import io.sinew.base.Periodic;
import io.sinew.base.SinewException;
import io.sinew.topics.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Runs the ledger of one partition, from when this process takes it over until it loses it or
/// something fails; then another is made, from the log. Callers decide on the state themselves,
/// under the lock; what they decide goes into a [CommitGroup], and whoever was promised something
/// waits for it. Deliveries wait for nothing: if one is lost, its messages are delivered again.
///
/// Four virtual threads: one writes what was decided, one takes in what was sent, one reads again
/// what was sent long ago for later, one lets time pass.
final class LedgerShard implements AutoCloseable {
    /// Bytes of a group, beyond which the next one is begun.
    static final long GROUP_BYTES = 1 << 20;

    /// Offsets that may be taken in before that is written down although nothing changed.
    private static final long UNWRITTEN_MAX = 50_000;

    /// More leases than can be given and not written down: they all have messages of their own.
    private static final int LEASES_LOST_MAX = 1 << 24;

    private static final System.Logger LOGGER = System.getLogger(LedgerShard.class.getName());

    private final LedgerConfig config;
    private final Clock clock;
    private final ShardLog log;
    private final Arrivals arrivals;
    private final BodyCache bodies;
    private final HandOut handOut;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReadWriteLock copies = new ReentrantReadWriteLock();

    /// Signalled when there is something to write, or the end.
    private final Condition toWrite = lock.newCondition();

    /// Signalled when time may have to be looked at earlier, or the end.
    private final Condition toTick = lock.newCondition();

    /// Signalled when there may be room for more messages, or the end.
    private final Condition room = lock.newCondition();

    /// Signalled when there is a message that is far, or the end.
    private final Condition toNear = lock.newCondition();

    // Under the lock.
    private final LedgerState state;
    private final PendingGroups pending = new PendingGroups();
    private long tickAtMs = Long.MAX_VALUE;
    private long lastNowMs;

    /// What the last record that was written says of how much had been taken in.
    private long writtenTo;

    private boolean snapshotWanted;

    // Changed under the lock, looked at without.
    private volatile @Nullable SinewException failure;
    private volatile boolean closing;
    private volatile int seeks;
    private final List<Thread> threads = new ArrayList<>();

    /// Told when it can't go on.
    private final Consumer<SinewException> onFailure;

    private LedgerShard(
            LedgerConfig config,
            LedgerContext context,
            ShardLog log,
            Consumer<SinewException> onFailure)
            throws InterruptedException {
        this.config = config;
        this.clock = context.clock();
        this.arrivals = context.arrivals();
        this.bodies = new BodyCache(context.room());
        this.log = log;
        this.handOut = new HandOut(this, log, bodies);
        this.onFailure = onFailure;
        this.state = log.open(LEASES_LOST_MAX, clock.nowMs(), this::wantSnapshot);
        this.writtenTo = state.ingestedTo();
    }

    /// Goes on from what the ledger says of a partition.
    ///
    /// @throws SinewException what the engine throws; `DAMAGED_DATA`
    static LedgerShard open(
            LedgerHome home,
            LedgerConfig config,
            LedgerContext context,
            Consumer<SinewException> onFailure)
            throws InterruptedException {
        var shard = new LedgerShard(config, context, new ShardLog(home, config), onFailure);
        shard.start();
        return shard;
    }

    private void start() {
        String name = "sinew-ledger-" + log.data();
        var writer = new ShardWriter(this, log, config, bodies, clock);
        var reader = new ShardReader(this, log, bodies);
        threads.add(Thread.ofVirtual().name(name + "-write").start(() -> run(writer::write)));
        threads.add(Thread.ofVirtual().name(name + "-read").start(() -> run(reader::read)));
        var far = new FarReader(this, log);
        threads.add(Thread.ofVirtual().name(name + "-far").start(() -> run(far::read)));
        threads.add(Thread.ofVirtual().name(name + "-tick").start(() -> run(this::tick)));
    }

    private void run(Periodic.Step loop) {
        try {
            loop.run();
        } catch (SinewException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new SinewException(ErrorCode.INTERNAL_ERROR, "interrupted", e));
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.ERROR, "ledger=failed shard=" + log.data(), e);
            fail(new SinewException(ErrorCode.INTERNAL_ERROR, "a defect: " + e, e));
        }
    }

    /// Ends everything: the state may be ahead of the log, and nobody may be answered from it.
    void fail(SinewException cause) {
        List<CommitGroup> lost;
        lock.lock();
        try {
            if (failure != null || closing) {
                return;
            }
            failure = cause;
            lost = pending.take();
            signalAll();
        } finally {
            lock.unlock();
        }
        lost.forEach(group -> group.failed(cause));
        onFailure.accept(cause);
    }

    private void signalAll() {
        List.of(toWrite, toTick, room, toNear).forEach(Condition::signalAll);
    }

    /// Whether it answers nobody any more.
    boolean isOver() {
        return failure != null || closing;
    }

    private void requireRunning() {
        SinewException cause = failure;
        if (cause != null || closing) {
            throw new SinewException(
                    ErrorCode.NOT_OWNER,
                    log.data()
                            + " is not served here at the moment"
                            + (cause == null ? "" : ": " + cause.getMessage())
                            + ". Try again");
        }
    }

    // ---- callers

    /// Time as the state sees it never goes back; what it owes to the time is done first.
    private long now() {
        lastNowMs = Math.max(lastNowMs, clock.nowMs());
        if (tickAtMs <= lastNowMs) {
            letPass(lastNowMs);
        }
        return lastNowMs;
    }

    private void letPass(long nowMs) {
        int before = state.deliverableCount();
        state.tick(nowMs).forEach(this::add);
        tickAtMs = state.nextTickMs();
        readyNow(before);
    }

    /// Tells those who wait of what can be delivered since there was so much.
    private void readyNow(int before) {
        int more = state.deliverableCount() - before;
        if (more > 0) {
            arrivals.arrived(more);
        }
    }

    private CommitGroup add(LedgerOp op) {
        if (pending.isEmpty()) {
            toWrite.signal();
        }
        CommitGroup group = pending.add(op);
        timeMayBeNearer();
        return group;
    }

    private void timeMayBeNearer() {
        long next = state.nextTickMs();
        if (next < tickAtMs) {
            tickAtMs = next;
            toTick.signal();
        }
    }

    /// Gives out up to `most` messages.
    List<Message> receive(int most, long leaseMs) throws InterruptedException {
        while (true) {
            LedgerDelivery delivery;
            lock.lock();
            try {
                requireRunning();
                long nowMs = now();
                delivery = state.receive(nowMs, most, nowMs + leaseMs);
                delivery.ops().forEach(this::add);
            } finally {
                lock.unlock();
            }
            List<Message> messages = handOut.withRecords(delivery.messages());
            // What had expired, or is gone from the log, may have been in the way of others.
            if (!messages.isEmpty() || delivery.ops().isEmpty()) {
                return messages;
            }
        }
    }

    /// Decides something as of now, and tells those who wait of what can be delivered since.
    private <T> T decide(LongFunction<T> decision) {
        lock.lock();
        try {
            requireRunning();
            long nowMs = now();
            int before = state.deliverableCount();
            T decided = decision.apply(nowMs);
            readyNow(before);
            room.signal();
            return decided;
        } finally {
            lock.unlock();
        }
    }

    /// Takes what a consumer says of a message.
    ///
    /// @return what the caller waits for; nothing when the message is not that consumer's
    Optional<CommitGroup> rule(Receipt receipt, Verdict verdict) {
        return decide(nowMs -> Rulings.decide(state, receipt, verdict, nowMs).map(this::add));
    }

    /// Acknowledges a message together with records that are appended, all or nothing.
    ///
    /// @return what the caller waits for
    CommitGroup acknowledgeIf(CommitCondition condition, List<Owner.Append> outgoing) {
        return decide(_ -> {
            var group = new CommitGroup(condition, outgoing);
            group.add(new LedgerOp.Acked(new long[] {condition.offset()}));
            pending.add(group);
            toWrite.signal();
            return group;
        });
    }

    /// Whether a message with that dedupe id would be delivered.
    DedupeAnswer known(MessageFacts.DedupeId id) {
        return decide(nowMs -> state.known(id, nowMs));
    }

    /// What administrators do with it.
    ShardAdmin admin() {
        return new ShardAdmin(this, log);
    }

    /// Drops everything that no consumer has and that was sent before now.
    CommitGroup purge() throws InterruptedException {
        copies.readLock().lockInterruptibly();
        try {
            long end = log.endOffset();
            return change(of -> of.purge(end));
        } finally {
            copies.readLock().unlock();
        }
    }

    /// Decides a change, for whoever waits until it is durable.
    CommitGroup change(Function<LedgerState, LedgerOp> decision) {
        return decide(_ -> add(decision.apply(state)));
    }

    /// As [#change], for one that may be none.
    Optional<CommitGroup> changeIf(StateChange decision) {
        return decide(nowMs -> decision.decide(state, nowMs).map(this::add));
    }

    /// What follows for a state, if anything does.
    interface StateChange {
        Optional<LedgerOp> decide(LedgerState state, long nowMs);
    }

    /// Looks at the state.
    <T> T look(Function<LedgerState, T> looking) {
        return decide(_ -> looking.apply(state));
    }

    /// Forgets all messages, and goes on with the records from an offset on.
    CommitGroup seek(long wanted) throws InterruptedException {
        long offset = Math.clamp(wanted, log.startOffset(), log.endOffset());
        CommitGroup sought = decide(nowMs -> {
            // Alone: what is decided from here on is of messages that are taken in after it.
            var group = new CommitGroup();
            group.add(state.seek(offset, nowMs));
            pending.add(group);
            toWrite.signal();
            tickAtMs = state.nextTickMs();
            toNear.signal();
            seeks++;
            return group;
        });
        log.lookAgain();
        return sought;
    }

    /// How often it was told to go on elsewhere.
    int seeks() {
        return seeks;
    }

    // ---- the reader's calls

    /// Waits until more may be taken in; tells where to read on, or -1 for nowhere.
    long awaitRoom() throws InterruptedException {
        lock.lock();
        try {
            while (!isOver() && !state.hasRoom()) {
                room.await();
            }
            return isOver() ? -1 : state.ingestedTo();
        } finally {
            lock.unlock();
        }
    }

    /// Takes in what was read.
    ///
    /// @param from where the read began
    /// @param nextOffset nothing is left to take in before it
    void ingest(long from, List<MessageFacts> facts, long nextOffset) {
        lock.lock();
        try {
            // Somebody may have gone back meanwhile: then it is read again.
            if (isOver() || state.ingestedTo() < from) {
                return;
            }
            long nowMs = now();
            int before = state.deliverableCount();
            for (MessageFacts fact : facts) {
                // A purge may have gone further meanwhile.
                if (fact.offset() >= state.ingestedTo()) {
                    state.ingest(fact, nowMs);
                }
            }
            state.skipTo(nextOffset);
            if (state.ingestedTo() - writtenTo > UNWRITTEN_MAX) {
                markProgress();
            }
            timeMayBeNearer();
            toNear.signal();
            readyNow(before);
        } finally {
            lock.unlock();
        }
    }

    /// So that a restart does not have to read again what had nothing for this ledger.
    private void markProgress() {
        writtenTo = state.ingestedTo();
        pending.add(new CommitGroup());
        toWrite.signal();
    }

    // ---- the calls of whoever reads far messages

    /// Waits until far messages come near and there is room for them.
    ///
    /// @return null when the shard is over
    FarMessages.@Nullable Lot awaitNear() throws InterruptedException {
        lock.lock();
        try {
            while (!isOver()) {
                Optional<FarMessages.Lot> lot = state.near(now());
                if (lot.isPresent()) {
                    return lot.get();
                }
                if (state.nearMs() == Long.MAX_VALUE) {
                    toNear.await();
                } else {
                    // They come near long before they are due: nobody misses that second.
                    var _ = toNear.await(1, TimeUnit.SECONDS);
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Takes in what was read.
    void near(FarMessages.Lot lot, List<MessageFacts> found) {
        lock.lock();
        try {
            if (isOver()) {
                return;
            }
            int before = state.deliverableCount();
            state.near(lot, found, now()).ifPresent(this::add);
            readyNow(before);
        } finally {
            lock.unlock();
        }
    }

    /// Far messages to be appended once more, under [#copying].
    List<FarMessage> pinning() {
        lock.lock();
        try {
            return isOver() ? List.of() : state.pinning(now());
        } finally {
            lock.unlock();
        }
    }

    /// Held while far messages are appended once more: whoever purged meanwhile would not know of
    /// the copies.
    Lock copying() {
        return copies.writeLock();
    }

    // ---- the thread that lets time pass

    private void tick() throws InterruptedException {
        lock.lock();
        try {
            while (!isOver()) {
                long nowMs = now();
                if (tickAtMs == Long.MAX_VALUE) {
                    toTick.await();
                    continue;
                }
                // The machine's time may jump.
                long waitMs = Math.min(tickAtMs - nowMs, TimeUnit.SECONDS.toMillis(1));
                if (waitMs > 0) {
                    var _ = toTick.await(waitMs, TimeUnit.MILLISECONDS);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- the writer's calls

    /// What is to be written.
    ///
    /// @param snapshot of the state as those of the groups leave it that have no condition; empty
    ///   for none
    /// @param ingestedTo as of then
    /// @param lowestLive as of then
    record Work(
            List<CommitGroup> groups, List<byte[]> snapshot, long ingestedTo, long lowestLive) {}

    /// Waits until there is something to write, or somebody to bury.
    ///
    /// @param untilBurialNanos how long nobody is to be buried; [Long#MAX_VALUE] for ever
    /// @return null when there is nothing any more
    @Nullable Work awaitWork(boolean snapshotDue, long untilBurialNanos)
            throws InterruptedException {
        lock.lock();
        try {
            long left = untilBurialNanos;
            while (!isOver()
                    && pending.isEmpty()
                    && !snapshotWanted
                    && !(left <= 0 && state.isSomethingDoomed())) {
                if (left == Long.MAX_VALUE || !state.isSomethingDoomed()) {
                    toWrite.await();
                } else {
                    left = toWrite.awaitNanos(left);
                }
            }
            if (failure != null || (closing && pending.isEmpty())) {
                return null;
            }
            // If this fails, the groups are still where whoever ends the shard finds them.
            List<byte[]> snapshot = snapshotDue || snapshotWanted ? snapshot() : List.of();
            snapshotWanted = false;
            writtenTo = state.ingestedTo();
            return new Work(pending.take(), snapshot, state.ingestedTo(), state.lowestLive());
        } finally {
            lock.unlock();
        }
    }

    /// Has a snapshot written soon: others can't forget what this ledger would need without one.
    private void wantSnapshot() {
        lock.lock();
        try {
            snapshotWanted = true;
            toWrite.signal();
        } finally {
            lock.unlock();
        }
    }

    private List<byte[]> snapshot() {
        var records = new ArrayList<byte[]>();
        state.writeTo(new LedgerSnapshotV1Format.Writer(records::add));
        return records;
    }

    boolean holds(CommitCondition condition) {
        lock.lock();
        try {
            now();
            return condition.holds(state);
        } finally {
            lock.unlock();
        }
    }

    /// Applies a change that is in the log already.
    void replay(LedgerOp op) {
        lock.lock();
        try {
            int before = state.deliverableCount();
            state.replay(op, lastNowMs);
            readyNow(before);
            room.signal();
        } finally {
            lock.unlock();
        }
    }

    List<DoomedMessage> doomed(int most) {
        lock.lock();
        try {
            return isOver() ? List.of() : state.dying(most);
        } finally {
            lock.unlock();
        }
    }

    // ---- the end

    /// Writes what was decided and ends. The partition may be somebody else's already: then what
    /// was decided fails.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            signalAll();
        } finally {
            lock.unlock();
        }
        log.lookAgain();
        Joins.all(threads);
        List<CommitGroup> left;
        lock.lock();
        try {
            left = pending.take();
        } finally {
            lock.unlock();
        }
        var ended = new SinewException(ErrorCode.NOT_OWNER, log.data() + " is served no more here");
        left.forEach(group -> group.failed(ended));
        bodies.close();
    }
}
