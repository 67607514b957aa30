package io.sinew.broker;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.base.Work;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupReply;
import io.sinew.log.Commit;
import io.sinew.log.LogHealth;
import io.sinew.log.LogOwner;
import io.sinew.log.LogStore;
import io.sinew.log.PartitionId;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/// Runs the transaction coordinator: writes down what [TransactionsState] decides and brings it
/// about. Everything is in one log, so that a transaction ends by one group of appends: the
/// decision, a marker in each partition, the offsets of each group, and that it is complete. They
/// become durable together, or from the front; what is missing after a crash the next start
/// appends.
///
/// The lock is taken before a partition's and before the groups', never the other way round.
public final class Transactions implements AutoCloseable {
    static final int MACHINE = 5;

    /// How often the timer looks, in milliseconds.
    private static final long LOOK_MS = 1_000;

    /// Transactions that one look ends at most; the next look takes the rest.
    private static final int ENDED_AT_ONCE = 100;

    private static final System.Logger LOGGER = System.getLogger(Transactions.class.getName());

    private final LogStore store;
    private final Clock clock;
    private final Topics topics;
    private final ProducerIds producerIds;
    private final GroupsRunner groups;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();

    // Under the lock.
    private final TransactionsState state;
    private Commit lastCommit = Commit.ofNothing();
    private long lastSequence;
    private boolean closed;

    Transactions(
            TransactionLimits limits,
            LogStore store,
            Clock clock,
            Topics topics,
            ProducerIds producerIds,
            GroupsRunner groups) {
        this.state = new TransactionsState(limits);
        this.store = store;
        this.clock = clock;
        this.topics = topics;
        this.producerIds = producerIds;
        this.groups = groups;
    }

    /// A producer of a transactional id and when that may be told.
    public record Initialised(long producerId, short epoch, Commit commit) {}

    /// Gives a transactional id to a producer and fences the one before (`InitProducerId`). A
    /// transaction that is open is aborted.
    ///
    /// @param heldProducerId what the producer has already; -1 for nothing
    /// @throws SinewException `INVALID_REQUEST`, `INVALID_TRANSACTION_TIMEOUT`, `PRODUCER_FENCED`,
    ///   `CONCURRENT_TRANSACTIONS`, `TOO_MANY_TRANSACTIONAL_IDS`, `DISK_FULL`, `LOG_STOPPED`,
    ///   `TIMED_OUT`
    public Initialised initialise(
            String transactionalId, int timeoutMs, long heldProducerId, short heldEpoch)
            throws InterruptedException {
        var held = new TransactionsState.Held(heldProducerId, heldEpoch);
        store.awaitRoom();
        lock.lock();
        try {
            long nowMs = clock.nowMs();
            state.fence(transactionalId, timeoutMs, held, this::freshProducerId, nowMs)
                    .ifPresent(this::endBy);
            TransactionRecord.Initialised record =
                    state.initialise(
                            transactionalId, timeoutMs, held, this::freshProducerId, nowMs);
            append(record);
            return new Initialised(record.producerId(), record.epoch(), lastCommit);
        } finally {
            lock.unlock();
        }
    }

    /// The reservation that it may belong to is in the log before the record that names it.
    private long freshProducerId() {
        return producerIds.allocate().id();
    }

    /// Takes partitions into the producer's transaction, a new one if there is none
    /// (`AddPartitionsToTxn`; version 2 of the protocol does it with the first records).
    ///
    /// @param newEpoch whether the producer gets a new epoch at the end of each transaction
    /// @return when it may be told
    /// @throws SinewException `INVALID_REQUEST`, `INVALID_PRODUCER_ID_MAPPING`, `PRODUCER_FENCED`,
    ///   `CONCURRENT_TRANSACTIONS`, `TOO_MANY_PARTITIONS`, `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`
    public Commit addPartitions(
            TransactionalProducer producer, Set<PartitionId> partitions, boolean newEpoch)
            throws InterruptedException {
        store.awaitRoom();
        lock.lock();
        try {
            extend(producer, partitions, Set.of());
            for (PartitionId id : partitions) {
                topics.partition(id)
                        .ifPresent(partition ->
                                partition.admit(producer.producerId(), producer.epoch(), newEpoch));
            }
            return lastCommit;
        } finally {
            lock.unlock();
        }
    }

    /// Takes a group's offsets into the producer's transaction (`AddOffsetsToTxn`).
    ///
    /// @return when it may be told
    /// @throws SinewException as [#addPartitions]
    public Commit addGroup(TransactionalProducer producer, String groupId)
            throws InterruptedException {
        store.awaitRoom();
        lock.lock();
        try {
            extend(producer, Set.of(), Set.of(groupId));
            return lastCommit;
        } finally {
            lock.unlock();
        }
    }

    private void extend(
            TransactionalProducer producer, Set<PartitionId> partitions, Set<String> groupIds) {
        state.extend(producer, partitions, groupIds, clock.nowMs()).ifPresent(this::append);
    }

    /// Stores offsets that count when the transaction is committed (`TxnOffsetCommit`).
    ///
    /// @param addsGroup whether this takes the group into the transaction (version 2); else it must
    ///   be part of it already
    /// @throws SinewException as [#addPartitions]; `TRANSACTION_ABORTABLE`
    public Pending<GroupReply> commitOffsets(
            TransactionalProducer producer,
            GroupCommand.Claim claim,
            List<GroupOffset> offsets,
            boolean addsGroup)
            throws InterruptedException {
        store.awaitRoom();
        lock.lock();
        try {
            Set<String> group = Set.of(claim.groupId());
            if (addsGroup) {
                extend(producer, Set.of(), group);
            } else if (!state.includes(producer, Set.of(), group)) {
                throw new SinewException(
                        ErrorCode.TRANSACTION_ABORTABLE,
                        "the group '"
                                + Quote.of(claim.groupId())
                                + "' is not in the transaction of '"
                                + Quote.of(producer.transactionalId())
                                + "'");
            }
            return groups.submitNow(
                    new GroupCommand.CommitOffsetsLater(claim, producer.producerId(), offsets));
        } finally {
            lock.unlock();
        }
    }

    /// Ends the producer's transaction (`EndTxn`).
    ///
    /// @param newEpoch whether the producer gets a new epoch
    /// @return the producer as it goes on, and when that may be told
    /// @throws SinewException `INVALID_REQUEST`, `INVALID_PRODUCER_ID_MAPPING`, `PRODUCER_FENCED`,
    ///   `CONCURRENT_TRANSACTIONS`, `INVALID_TXN_STATE`, `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`
    public Initialised end(TransactionalProducer producer, boolean commit, boolean newEpoch)
            throws InterruptedException {
        store.awaitRoom();
        lock.lock();
        try {
            if (decide(producer, commit, newEpoch)) {
                complete(state.find(producer.transactionalId()).orElseThrow(), false);
            }
            Transaction after = state.find(producer.transactionalId()).orElseThrow();
            return new Initialised(after.producerId(), after.epoch(), lastCommit);
        } finally {
            lock.unlock();
        }
    }

    /// Writes down how a transaction ends; [#complete] brings it about. Under the lock.
    ///
    /// @return whether there was anything to decide
    boolean decide(TransactionalProducer producer, boolean commit, boolean newEpoch) {
        Optional<TransactionRecord> decision =
                state.end(producer, commit, newEpoch, this::freshProducerId, clock.nowMs());
        decision.ifPresent(this::append);
        return decision.isPresent();
    }

    private void endBy(TransactionRecord decision) {
        append(decision);
        complete(state.find(decision.id()).orElseThrow(), false);
    }

    /// Brings about what was decided. What fails, as in a partition whose segments are damaged,
    /// does not keep the rest from it; the timer tries it again.
    ///
    /// @param again whether some of it may have been done before
    private void complete(Transaction transaction, boolean again) {
        long nowMs = clock.nowMs();
        boolean commit = transaction.phase() == TransactionPhase.PREPARE_COMMIT;
        SinewException failure = null;
        for (PartitionId id : transaction.partitions()) {
            try {
                topics.partition(id)
                        .ifPresent(partition ->
                                partition.endTransaction(
                                        transaction.producerId(),
                                        transaction.epoch(),
                                        commit,
                                        again,
                                        nowMs));
            } catch (SinewException e) {
                failure = e;
            }
        }
        for (String groupId : transaction.groups()) {
            groups.submitNow(
                    new GroupCommand.EndTransaction(groupId, transaction.producerId(), commit));
        }
        if (failure != null) {
            throw failure;
        }
        append(new TransactionRecord.Completed(transaction.id(), nowMs));
    }

    private void append(TransactionRecord record) {
        LogStore.Recorded recorded =
                store.record(MACHINE, ByteBuffer.wrap(TransactionRecordV1Format.encode(record)));
        lastSequence = recorded.sequence();
        lastCommit = recorded.commit();
        state.replay(record);
    }

    // ---- questions

    /// A transactional id, if it is known.
    public Optional<Transaction> find(String transactionalId) {
        lock.lock();
        try {
            return state.find(transactionalId);
        } finally {
            lock.unlock();
        }
    }

    /// All transactional ids.
    public Collection<Transaction> all() {
        lock.lock();
        try {
            return state.all();
        } finally {
            lock.unlock();
        }
    }

    int count() {
        lock.lock();
        try {
            return state.count();
        } finally {
            lock.unlock();
        }
    }

    // ---- time

    /// Looks what has become due, now and then.
    private final class Timer implements Work {
        @Override
        public long dueInNanos() {
            return closed ? OVER : TimeUnit.MILLISECONDS.toNanos(LOOK_MS);
        }

        @Override
        public void step() {
            look();
        }
    }

    /// Ends what takes too long, and finishes what a failure interrupted. What fails now is for the
    /// next look.
    void look() {
        lock.lock();
        try {
            if (closed || !(store.health().status() instanceof LogHealth.Status.Running)) {
                return;
            }
            finish();
            List<TransactionRecord> due =
                    state.due(this::freshProducerId, clock.nowMs(), ENDED_AT_ONCE);
            for (TransactionRecord record : due) {
                if (record instanceof TransactionRecord.Decided) {
                    endBy(record);
                } else {
                    append(record);
                }
            }
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "transactions=look failed; trying again", e);
        } finally {
            lock.unlock();
        }
    }

    private void finish() {
        for (Transaction transaction : state.prepared()) {
            try {
                complete(transaction, true);
            } catch (SinewException e) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "transaction=unfinished id="
                                + Quote.of(transaction.id())
                                + "; trying again",
                        e);
            }
        }
    }

    /// Takes the partitions of deleted topics out of the transactions that have them.
    void forget(Set<PartitionId> gone) {
        lock.lock();
        try {
            state.forget(gone).forEach(this::append);
        } finally {
            lock.unlock();
        }
    }

    // ---- restart

    /// Goes on after a restart: partitions are told of the transactions they take part in, and what
    /// a crash interrupted is finished.
    void start() {
        lock.lock();
        try {
            for (Transaction transaction : state.all()) {
                if (transaction.phase() == TransactionPhase.ONGOING) {
                    admitAll(transaction);
                }
            }
            forgetMissing();
            finish();
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "transactions=left unfinished for now", e);
        } finally {
            lock.unlock();
        }
        store.background()
                .begin(new Timer(), Thread.ofVirtual().name("sinew-transactions"), lock, closing);
    }

    private void admitAll(Transaction transaction) {
        for (PartitionId id : transaction.partitions()) {
            topics.partition(id)
                    .ifPresent(partition ->
                            partition.admit(transaction.producerId(), transaction.epoch(), false));
        }
    }

    /// A crash may come between a topic's deletion and what follows from it.
    private void forgetMissing() {
        Set<PartitionId> missing =
                state.all().stream()
                        .flatMap(transaction -> transaction.partitions().stream())
                        .filter(id -> topics.partition(id).isEmpty())
                        .collect(Collectors.toUnmodifiableSet());
        if (!missing.isEmpty()) {
            state.forget(missing).forEach(this::append);
        }
    }

    void restore(LogOwner.Section section) {
        lastSequence = section.sequence();
        TransactionRecordV1Format.decodeSnapshot(section.bytes()).forEach(state::replay);
    }

    void replay(ByteBuffer body) {
        var bytes = new byte[body.remaining()];
        body.get(bytes);
        state.replay(TransactionRecordV1Format.decode(bytes));
    }

    LogOwner.Section snapshot() {
        lock.lock();
        try {
            return new LogOwner.Section(
                    MACHINE, lastSequence, TransactionRecordV1Format.encodeSnapshot(state.all()));
        } finally {
            lock.unlock();
        }
    }

    /// Ends the timer.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signal();
        } finally {
            lock.unlock();
        }
    }
}
