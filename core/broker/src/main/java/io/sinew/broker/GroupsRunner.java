package io.sinew.broker;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.Commit;
import io.sinew.log.LogHealth;
import io.sinew.log.LogOwner;
import io.sinew.log.LogStore;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Runs the group coordinator: gives [GroupsState] the time and one command after the other, writes
/// down what it decides, and hands out the replies when that is durable. Its thread wakes the state
/// when a session or a rebalance runs out.
public final class GroupsRunner implements AutoCloseable {
    static final int MACHINE = 3;

    private final GroupsState state;
    private final LogStore store;
    private final Clock clock;
    private final long startMs;
    private final long startNanos;
    private final Thread timer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition deadlineMoved = lock.newCondition();

    // Under the lock.
    private final Map<Long, Pending<GroupReply>> waiting = new HashMap<>();
    private long lastTicket;
    private long lastSequence;
    private boolean closed;

    GroupsRunner(GroupLimits limits, LogStore store, Clock clock) {
        this.state = new GroupsState(limits);
        this.store = store;
        this.clock = clock;
        this.startMs = clock.nowMs();
        this.startNanos = clock.nanos();
        this.timer = Thread.ofVirtual().name("sinew-groups").unstarted(this::tickUntilClosed);
    }

    void start() {
        timer.start();
    }

    /// Submits a command. The answer may take as long as a rebalance.
    ///
    /// @throws SinewException `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`: nothing was done
    public Pending<GroupReply> submit(GroupCommand command) throws InterruptedException {
        store.awaitRoom();
        lock.lock();
        try {
            if (closed) {
                throw new SinewException(
                        ErrorCode.COORDINATOR_NOT_AVAILABLE, "the broker is shutting down");
            }
            long ticket = ++lastTicket;
            var pending = new Pending<GroupReply>();
            waiting.put(ticket, pending);
            try {
                apply(state.handle(nowMs(), ticket, command));
            } catch (RuntimeException e) {
                waiting.remove(ticket);
                throw e;
            }
            return pending;
        } finally {
            lock.unlock();
        }
    }

    /// Wall time that never jumps: a clock set forward must not end every session.
    private long nowMs() {
        return startMs + TimeUnit.NANOSECONDS.toMillis(clock.nanos() - startNanos);
    }

    private void apply(GroupDecision decision) {
        Commit commit = null;
        for (GroupRecord record : decision.records()) {
            LogStore.Recorded recorded =
                    store.record(MACHINE, ByteBuffer.wrap(GroupRecordV1Format.encode(record)));
            lastSequence = recorded.sequence();
            commit = recorded.commit();
            state.replay(record);
        }
        if (decision.replies().isEmpty()) {
            deadlineMoved.signal();
            return;
        }
        // A reply without records of its own may still tell of a state whose records are on their
        // way.
        Commit safeWhen = commit != null ? commit : store.barrier();
        for (GroupReply.Addressed addressed : decision.replies()) {
            Pending<GroupReply> pending = waiting.remove(addressed.ticket());
            if (pending != null) {
                pending.decide(addressed.reply(), safeWhen);
            }
        }
        deadlineMoved.signal();
    }

    private void tickUntilClosed() {
        lock.lock();
        try {
            while (!closed) {
                long remainingMs = state.nextDeadlineMs() - nowMs();
                if (remainingMs > 0) {
                    deadlineMoved.await(remainingMs, TimeUnit.MILLISECONDS);
                } else if (store.health().status() instanceof LogHealth.Status.Running) {
                    apply(state.tick(nowMs()));
                } else {
                    deadlineMoved.await(1, TimeUnit.SECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Groups there are.
    int count() {
        lock.lock();
        try {
            return state.groupCount();
        } finally {
            lock.unlock();
        }
    }

    // ---- restart

    void restore(LogOwner.Section section) {
        lastSequence = section.sequence();
        ByteBuffer in = ByteBuffer.wrap(section.bytes());
        while (in.hasRemaining()) {
            var record = new byte[in.getInt()];
            in.get(record);
            state.replay(GroupRecordV1Format.decode(ByteBuffer.wrap(record)));
        }
    }

    void replay(ByteBuffer body) {
        state.replay(GroupRecordV1Format.decode(body));
    }

    /// A snapshot: each record with its length (i32) before it.
    LogOwner.Section snapshot() {
        lock.lock();
        try {
            var records = state.snapshot().stream().map(GroupRecordV1Format::encode).toList();
            int size = records.stream().mapToInt(record -> Integer.BYTES + record.length).sum();
            var out = ByteBuffer.allocate(size);
            for (byte[] record : records) {
                out.putInt(record.length).put(record);
            }
            return new LogOwner.Section(MACHINE, lastSequence, out.array());
        } finally {
            lock.unlock();
        }
    }

    /// Ends the timer and refuses everything from now on; who waits gets a refusal.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            var refused = new GroupReply.Refused(ErrorCode.COORDINATOR_NOT_AVAILABLE);
            for (Pending<GroupReply> pending : waiting.values()) {
                pending.decide(refused, Commit.ofNothing());
            }
            waiting.clear();
            deadlineMoved.signal();
        } finally {
            lock.unlock();
        }
    }
}
