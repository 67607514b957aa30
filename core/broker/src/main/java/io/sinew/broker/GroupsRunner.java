package io.sinew.broker;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.base.Work;
import io.sinew.groups.ConsumerGroupLimits;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupDecision;
import io.sinew.groups.GroupLimits;
import io.sinew.groups.GroupRecord;
import io.sinew.groups.GroupRecordV1Format;
import io.sinew.groups.GroupReply;
import io.sinew.groups.GroupTopics;
import io.sinew.groups.GroupsState;
import io.sinew.groups.StreamsGroupLimits;
import io.sinew.log.Commit;
import io.sinew.log.LogEntry;
import io.sinew.log.LogHealth;
import io.sinew.log.LogOwner;
import io.sinew.log.LogStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Runs the group coordinator: gives [GroupsState] the time and one command after the other, writes
/// down what it decides, and hands out the replies when that is durable. Its thread wakes the state
/// when a session or a rebalance runs out.
///
/// A full disk refuses what needs a record and nothing else: heartbeats are answered and offsets
/// are read, and the time of the groups stands still, so that nobody is expelled for what they
/// could not do. It stands still too while the disk lets commits wait: behind the answer that
/// waits, a member's next heartbeats wait as well.
public final class GroupsRunner implements AutoCloseable {
    static final int MACHINE = 3;

    /// How often the timer looks whether the log takes records, and when a tick that failed is
    /// tried again, in milliseconds.
    private static final long LOOK_MS = 1_000;

    /// How long the log may take for one commit before the time of the groups stands still, in
    /// milliseconds. Well below the shortest session that is taken by default, and above what a
    /// busy disk takes.
    private static final long STALL_MS = 1_000;

    private static final System.Logger LOGGER = System.getLogger(GroupsRunner.class.getName());

    private final GroupLimits limits;
    private final ConsumerGroupLimits consumerLimits;
    private final StreamsGroupLimits streamsLimits;
    private final Supplier<GroupTopics> topics;
    private final LogStore store;
    private final Clock clock;
    private final long startMs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition deadlineMoved = lock.newCondition();

    // Under the lock.
    private final Map<Long, Pending<GroupReply>> waiting = new HashMap<>();
    private GroupsState state;
    private Commit lastCommit = Commit.ofNothing();

    /// A commit that is looked at until it settles, and since when.
    private Commit watchedCommit = lastCommit;

    private long watchedNanos;
    private long elapsedNanos;
    private long lookedNanos;
    private boolean wasWritable = true;
    private long lastTicket;
    private long lastSequence;
    private boolean closed;

    /// Whether something may have become due earlier than the last look knew.
    private boolean moved = true;

    /// How long nobody need look again, as of the last look, in milliseconds.
    private long pauseMs;

    /// @param topics as they are at the moment
    GroupsRunner(
            GroupLimits limits,
            ConsumerGroupLimits consumerLimits,
            StreamsGroupLimits streamsLimits,
            Supplier<GroupTopics> topics,
            LogStore store,
            Clock clock) {
        this.limits = limits;
        this.consumerLimits = consumerLimits;
        this.streamsLimits = streamsLimits;
        this.topics = topics;
        this.state = new GroupsState(limits, consumerLimits, streamsLimits);
        this.store = store;
        this.clock = clock;
        this.startMs = clock.nowMs();
        this.lookedNanos = clock.nanos();
    }

    void start() {
        store.background()
                .begin(new Timer(), Thread.ofVirtual().name("sinew-groups"), lock, deadlineMoved);
    }

    /// Submits a command. The answer may take as long as a rebalance.
    ///
    /// @throws SinewException `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`, which heartbeats and
    ///   questions never meet; `BATCH_TOO_LARGE`: nothing was done
    public Pending<GroupReply> submit(GroupCommand command) throws InterruptedException {
        if (appends(command)) {
            store.awaitRoom();
        }
        return submitNow(command);
    }

    /// As [#submit] for whoever holds a lock, and has waited for room before that.
    Pending<GroupReply> submitNow(GroupCommand command) {
        lock.lock();
        try {
            requireOpen();
            long ticket = ++lastTicket;
            var pending = new Pending<GroupReply>();
            waiting.put(ticket, pending);
            try {
                state.know(topics.get());
                GroupDecision decision = state.handle(nowMs(), ticket, command);
                append(decision);
                answer(decision, safeWhen(command));
            } catch (RuntimeException e) {
                waiting.remove(ticket);
                startOver();
                throw e;
            }
            return pending;
        } finally {
            lock.unlock();
        }
    }

    /// Commits offsets of groups, as whoever is no member of them, and appends their records as one
    /// with other entries, behind which they are. The caller has waited for room, and holds what
    /// the entries need.
    ///
    /// @throws SinewException what a group refuses the commit with, or as [LogStore#append]:
    ///   nothing was done
    LogStore.Recorded commitWith(
            List<LogEntry> entries, Collection<GroupCommand.CommitOffsets> commits) {
        lock.lock();
        try {
            requireOpen();
            // Who is no member leaves no trace in the state before the records are replayed, so
            // that there is nothing to start over when they can't be appended.
            var records = new ArrayList<GroupRecord>();
            var all = new ArrayList<LogEntry>(entries);
            for (GroupCommand.CommitOffsets commit : commits) {
                for (GroupRecord record : decided(commit)) {
                    records.add(record);
                    byte[] encoded = GroupRecordV1Format.encode(record);
                    all.add(new LogEntry.State(MACHINE, ByteBuffer.wrap(encoded)));
                }
            }
            LogStore.Recorded recorded = store.append(all);
            if (!records.isEmpty()) {
                lastSequence = recorded.sequence();
                lastCommit = recorded.commit();
                records.forEach(state::replay);
                moved();
            }
            return recorded;
        } finally {
            lock.unlock();
        }
    }

    private List<GroupRecord> decided(GroupCommand.CommitOffsets commit) {
        state.know(topics.get());
        GroupDecision decision = state.handle(nowMs(), ++lastTicket, commit);
        for (GroupReply.Addressed addressed : decision.replies()) {
            if (addressed.reply() instanceof GroupReply.Refused(ErrorCode error)) {
                throw new SinewException(
                        error,
                        "The positions of group '"
                                + Quote.of(commit.claim().groupId())
                                + "' can't be committed: "
                                + error);
            }
        }
        return decision.records();
    }

    private void requireOpen() {
        if (closed) {
            throw new SinewException(
                    ErrorCode.COORDINATOR_NOT_AVAILABLE, "the broker is shutting down");
        }
    }

    /// Whether a command may need a record; the others are served whatever the log does.
    private static boolean appends(GroupCommand command) {
        return switch (command) {
            case GroupCommand.Join _,
                    GroupCommand.Sync _,
                    GroupCommand.Leave _,
                    GroupCommand.CommitOffsets _,
                    GroupCommand.CommitOffsetsLater _,
                    GroupCommand.EndTransaction _,
                    GroupCommand.DeleteOffsets _,
                    GroupCommand.DeleteGroups _,
                    GroupCommand.ConsumerHeartbeat _,
                    GroupCommand.StreamsHeartbeat _,
                    GroupCommand.ForgetTopics _ ->
                    true;
            case GroupCommand.Heartbeat _,
                    GroupCommand.FetchOffsets _,
                    GroupCommand.ListGroups _,
                    GroupCommand.DescribeGroups _,
                    GroupCommand.DescribeConsumerGroups _,
                    GroupCommand.DescribeStreamsGroups _ ->
                    false;
        };
    }

    /// When the answer to a command may be told. Without records of its own it may still tell of
    /// records that are on their way. Not so a heartbeat's: it speaks of a generation that its
    /// member knows already. And while a full disk holds those records up, questions are answered
    /// as if they were durable: an offset that a member has asked to commit is one that it has
    /// dealt with, even if a crash takes the commit back.
    private Commit safeWhen(GroupCommand command) {
        boolean full = store.health().status() instanceof LogHealth.Status.DiskFull;
        return command instanceof GroupCommand.Heartbeat || (full && !appends(command))
                ? Commit.ofNothing()
                : lastCommit;
    }

    /// Wall time that never jumps (a clock set forward must not end every session) and stands still
    /// while the log takes no records. A stretch between two looks counts if the log took them at
    /// both ends; the timer sees to it that none is longer than [#LOOK_MS].
    private long nowMs() {
        long nanos = clock.nanos();
        boolean writable =
                store.health().status() instanceof LogHealth.Status.Running && !isStalled(nanos);
        if (writable && wasWritable) {
            elapsedNanos += nanos - lookedNanos;
        }
        lookedNanos = nanos;
        wasWritable = writable;
        return startMs + TimeUnit.NANOSECONDS.toMillis(elapsedNanos);
    }

    private boolean isStalled(long nanos) {
        if (watchedCommit.isSettled()) {
            watchedCommit = lastCommit;
            watchedNanos = nanos;
            return false;
        }
        return nanos - watchedNanos >= TimeUnit.MILLISECONDS.toNanos(STALL_MS);
    }

    private void append(GroupDecision decision) {
        for (GroupRecord record : decision.records()) {
            LogStore.Recorded recorded =
                    store.record(MACHINE, ByteBuffer.wrap(GroupRecordV1Format.encode(record)));
            lastSequence = recorded.sequence();
            lastCommit = recorded.commit();
            state.replay(record);
        }
    }

    private void answer(GroupDecision decision, Commit safeWhen) {
        for (GroupReply.Addressed addressed : decision.replies()) {
            Pending<GroupReply> pending = waiting.remove(addressed.ticket());
            if (pending != null) {
                pending.decide(addressed.reply(), safeWhen);
            }
        }
        moved();
    }

    private void moved() {
        moved = true;
        deadlineMoved.signal();
    }

    /// Begins again from what the log has, because the state is ahead of it. What was parked is
    /// forgotten with everything else that is not written down, so whoever waits is told to come
    /// again.
    private void startOver() {
        var again = new GroupsState(limits, consumerLimits, streamsLimits);
        state.snapshot().forEach(again::replay);
        state = again;
        refuseWaiting();
        moved();
    }

    private void refuseWaiting() {
        var refused = new GroupReply.Refused(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        for (Pending<GroupReply> pending : waiting.values()) {
            pending.decide(refused, Commit.ofNothing());
        }
        waiting.clear();
    }

    /// Looks what has become due, now and then.
    private final class Timer implements Work {
        @Override
        public long dueInNanos() {
            if (closed) {
                return OVER;
            }
            return moved ? 0 : TimeUnit.MILLISECONDS.toNanos(Math.max(0, pauseMs));
        }

        @Override
        public void step() {
            lock.lock();
            try {
                if (!closed) {
                    pauseMs = look();
                    moved = false;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// Does what has become due. A failure is for the next look to make good.
    ///
    /// @return how long nobody need look again, in milliseconds
    long look() {
        lock.lock();
        try {
            long nowMs = nowMs();
            if (!wasWritable) {
                return LOOK_MS;
            }
            if (state.nextDeadlineMs() <= nowMs) {
                state.know(topics.get());
                GroupDecision decision = state.tick(nowMs);
                append(decision);
                answer(decision, lastCommit);
            }
            return Math.min(state.nextDeadlineMs() - nowMs, LOOK_MS);
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "groups=tick failed; trying again", e);
            startOver();
            return LOOK_MS;
        } finally {
            lock.unlock();
        }
    }

    /// Drops the offsets in topics that are not there any more.
    ///
    /// @throws SinewException `DISK_FULL`, `LOG_STOPPED`: nothing was done
    void forgetTopicsUnless(Predicate<UUID> known) {
        lock.lock();
        try {
            Set<UUID> gone =
                    state.topicIds().stream()
                            .filter(known.negate())
                            .collect(Collectors.toUnmodifiableSet());
            if (!gone.isEmpty()) {
                append(state.handle(nowMs(), ++lastTicket, new GroupCommand.ForgetTopics(gone)));
            }
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

    LogOwner.Section snapshot() {
        lock.lock();
        try {
            var records = state.snapshot().stream().map(GroupRecordV1Format::encode).toList();
            return new LogOwner.Section(MACHINE, lastSequence, joined(records));
        } finally {
            lock.unlock();
        }
    }

    /// The bytes of a snapshot: each record with its length (i32) before it.
    ///
    /// @throws SinewException `INTERNAL_ERROR`: it would be larger than a checkpoint can be
    static byte[] joined(List<byte[]> records) {
        long size = records.stream().mapToLong(record -> Integer.BYTES + record.length).sum();
        if (size > Integer.MAX_VALUE) {
            throw new SinewException(
                    ErrorCode.INTERNAL_ERROR,
                    "the groups and their offsets take "
                            + size
                            + " bytes, and a checkpoint holds "
                            + Integer.MAX_VALUE
                            + " at most: delete groups that nobody uses");
        }
        var out = ByteBuffer.allocate((int) size);
        for (byte[] record : records) {
            out.putInt(record.length).put(record);
        }
        return out.array();
    }

    /// Ends the timer and refuses everything from now on; who waits gets a refusal.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            refuseWaiting();
            deadlineMoved.signal();
        } finally {
            lock.unlock();
        }
    }
}
