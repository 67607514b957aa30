package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.PartitionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The transaction coordinator (KIP-98, KIP-360, KIP-890) as a state machine: the replay of its
/// records, and nothing else. The deciding methods change nothing and return the records that
/// would; a refusal is a [SinewException]. Time is wall time in milliseconds.
///
/// Two ways of ending a transaction are served. In version 1 of the protocol, spoken by most
/// clients that are not Java's, a producer keeps its epoch from one transaction to the next. In
/// version 2 each end gives it a new one, so that nothing that was sent before the end and comes
/// late can pass for part of the next transaction.
final class TransactionsState {
    private final TransactionLimits limits;

    /// By id, those changed longest ago first.
    private final Map<String, Transaction> byId = new LinkedHashMap<>();

    TransactionsState(TransactionLimits limits) {
        this.limits = limits;
    }

    Optional<Transaction> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    Collection<Transaction> all() {
        return List.copyOf(byId.values());
    }

    /// Those that are decided and not complete.
    List<Transaction> prepared() {
        return byId.values().stream()
                .filter(transaction -> transaction.phase().isPrepared())
                .toList();
    }

    int count() {
        return byId.size();
    }

    // ---- a producer takes an id

    /// What a producer that asks for a new epoch believes to have; -1 where it has nothing.
    record Held(long producerId, short epoch) {
        static final Held NOTHING = new Held(-1, (short) -1);

        boolean isNothing() {
            return producerId < 0;
        }
    }

    /// `InitProducerId`: what has to happen before the id can be given to a producer.
    ///
    /// @return the record that ends the transaction which the last one left open, if it did; it is
    ///   to be completed before [#initialise] is asked
    /// @throws SinewException `INVALID_REQUEST`, `INVALID_TRANSACTION_TIMEOUT`, `PRODUCER_FENCED`,
    ///   `CONCURRENT_TRANSACTIONS`
    Optional<TransactionRecord> fence(
            String id, int timeoutMs, Held held, LongSupplier freshProducerId, long nowMs) {
        requireId(id);
        if (timeoutMs <= 0 || timeoutMs > limits.timeoutMaxMs()) {
            throw new SinewException(
                    ErrorCode.INVALID_TRANSACTION_TIMEOUT,
                    "a transaction may take 1 to "
                            + limits.timeoutMaxMs()
                            + " ms (transaction.max.timeout.ms), not "
                            + timeoutMs);
        }
        Transaction known = byId.get(id);
        if (known == null) {
            return Optional.empty();
        }
        requireHolder(known, held);
        requireNotPrepared(known);
        return known.phase() == TransactionPhase.ONGOING
                ? Optional.of(abort(known, freshProducerId, nowMs))
                : Optional.empty();
    }

    /// `InitProducerId`: gives the id to a producer, who gets a new epoch, or the present one again
    /// if it may not have heard of it.
    ///
    /// @throws SinewException as [#fence]; `TOO_MANY_TRANSACTIONAL_IDS`
    TransactionRecord.Initialised initialise(
            String id, int timeoutMs, Held held, LongSupplier freshProducerId, long nowMs) {
        Transaction known = byId.get(id);
        if (known == null) {
            requireRoom();
            return new TransactionRecord.Initialised(
                    id, freshProducerId.getAsLong(), (short) 0, (short) -1, -1, timeoutMs, nowMs);
        }
        requireHolder(known, held);
        boolean isRetry = !held.isNothing() && !isCurrent(known, held);
        if (isRetry) {
            return new TransactionRecord.Initialised(
                    id,
                    known.producerId(),
                    known.epoch(),
                    known.retryEpoch(),
                    known.previousProducerId(),
                    timeoutMs,
                    nowMs);
        }
        short retryEpoch = held.isNothing() ? (short) -1 : known.epoch();
        if (known.epochsAreUsedUp()) {
            return new TransactionRecord.Initialised(
                    id,
                    freshProducerId.getAsLong(),
                    (short) 0,
                    retryEpoch,
                    held.isNothing() ? -1 : known.producerId(),
                    timeoutMs,
                    nowMs);
        }
        return new TransactionRecord.Initialised(
                id,
                known.producerId(),
                (short) (known.epoch() + 1),
                retryEpoch,
                -1,
                timeoutMs,
                nowMs);
    }

    private static boolean isCurrent(Transaction known, Held held) {
        return held.producerId() == known.producerId() && held.epoch() == known.epoch();
    }

    /// Whoever asks again with what it had before the last change, because it has not heard of the
    /// change, is the holder too (KIP-360).
    private static void requireHolder(Transaction known, Held held) {
        long producerBefore =
                known.previousProducerId() >= 0 ? known.previousProducerId() : known.producerId();
        boolean before =
                known.retryEpoch() >= 0
                        && held.epoch() == known.retryEpoch()
                        && held.producerId() == producerBefore;
        if (!held.isNothing() && !isCurrent(known, held) && !before) {
            throw fenced(known, held.producerId(), held.epoch());
        }
    }

    private void requireRoom() {
        if (byId.size() >= limits.idsMax()) {
            throw new SinewException(
                    ErrorCode.TOO_MANY_TRANSACTIONAL_IDS,
                    "there are " + byId.size() + " transactional ids, and no more are taken");
        }
    }

    // ---- a transaction grows

    /// `AddPartitionsToTxn`, `AddOffsetsToTxn`, and what version 2 does without asking: takes
    /// partitions and groups into the transaction, a new one if there is none.
    ///
    /// @return nothing if all of them take part already
    /// @throws SinewException `INVALID_REQUEST`, `INVALID_PRODUCER_ID_MAPPING`, `PRODUCER_FENCED`,
    ///   `CONCURRENT_TRANSACTIONS`, `TOO_MANY_PARTITIONS`
    Optional<TransactionRecord> extend(
            TransactionalProducer producer,
            Set<PartitionId> partitions,
            Set<String> groups,
            long nowMs) {
        Transaction known = requireProducer(producer);
        requireNotPrepared(known);
        boolean ongoing = known.phase() == TransactionPhase.ONGOING;
        if (ongoing
                && known.partitions().containsAll(partitions)
                && known.groups().containsAll(groups)) {
            return Optional.empty();
        }
        int members = partitions.size() + groups.size();
        if (ongoing) {
            members += known.partitions().size() + known.groups().size();
        }
        if (members > TransactionLimits.MEMBERS_MAX) {
            throw new SinewException(
                    ErrorCode.TOO_MANY_PARTITIONS,
                    "a transaction may have "
                            + TransactionLimits.MEMBERS_MAX
                            + " partitions and groups together");
        }
        return Optional.of(
                new TransactionRecord.Extended(
                        known.id(), List.copyOf(partitions), List.copyOf(groups), nowMs));
    }

    /// Whether a partition or a group takes part in the producer's open transaction.
    ///
    /// @throws SinewException as [#extend]
    boolean includes(
            TransactionalProducer producer, Set<PartitionId> partitions, Set<String> groups) {
        Transaction known = requireProducer(producer);
        return known.phase() == TransactionPhase.ONGOING
                && known.partitions().containsAll(partitions)
                && known.groups().containsAll(groups);
    }

    private Transaction requireProducer(TransactionalProducer producer) {
        Transaction known = requireKnown(producer);
        if (known.producerId() != producer.producerId()) {
            throw noSuchProducer(producer);
        }
        if (known.epoch() != producer.epoch()) {
            throw fenced(known, producer.producerId(), producer.epoch());
        }
        return known;
    }

    private Transaction requireKnown(TransactionalProducer producer) {
        requireId(producer.transactionalId());
        Transaction known = byId.get(producer.transactionalId());
        if (known == null) {
            throw noSuchProducer(producer);
        }
        return known;
    }

    // ---- a transaction ends

    /// `EndTxn`: what ends the transaction.
    ///
    /// @param bumpsEpoch whether the client speaks version 2
    /// @return nothing if it has ended that way already and the client asks again
    /// @throws SinewException `INVALID_REQUEST`, `INVALID_PRODUCER_ID_MAPPING`, `PRODUCER_FENCED`,
    ///   `CONCURRENT_TRANSACTIONS`, `INVALID_TXN_STATE`
    Optional<TransactionRecord> end(
            TransactionalProducer producer,
            boolean commit,
            boolean bumpsEpoch,
            LongSupplier freshProducerId,
            long nowMs) {
        Transaction known = requireKnown(producer);
        return bumpsEpoch
                ? endWithNewEpoch(known, producer, commit, freshProducerId, nowMs)
                : endWithSameEpoch(known, producer, commit, nowMs);
    }

    private Optional<TransactionRecord> endWithSameEpoch(
            Transaction known, TransactionalProducer producer, boolean commit, long nowMs) {
        requireProducer(producer);
        return switch (known.phase()) {
            case ONGOING ->
                    Optional.of(
                            new TransactionRecord.Decided(
                                    known.id(), commit, known.epoch(), -1, nowMs));
            case COMPLETE_COMMIT, COMPLETE_ABORT -> {
                requireEndedSo(known, commit);
                yield Optional.empty();
            }
            case PREPARE_COMMIT, PREPARE_ABORT -> {
                requireEndedSo(known, commit);
                throw busy(known);
            }
            case EMPTY -> throw wrongState(known, commit);
        };
    }

    private Optional<TransactionRecord> endWithNewEpoch(
            Transaction known,
            TransactionalProducer producer,
            boolean commit,
            LongSupplier freshProducerId,
            long nowMs) {
        if (isRetryOfEnd(known, producer)) {
            requireEndedSo(known, commit);
            requireNotPrepared(known);
            return Optional.empty();
        }
        requireProducer(producer);
        boolean ongoing = known.phase() == TransactionPhase.ONGOING;
        if (!ongoing && commit) {
            // Without a transaction there is nothing to commit; aborting nothing is harmless and
            // gives a producer that is not sure a clean start.
            throw wrongState(known, true);
        }
        requireNotPrepared(known);
        return Optional.of(decide(known, commit, freshProducerId, nowMs));
    }

    private static boolean isRetryOfEnd(Transaction known, TransactionalProducer producer) {
        long producerBefore =
                known.previousProducerId() >= 0 ? known.previousProducerId() : known.producerId();
        boolean hasEnded =
                known.phase() != TransactionPhase.ONGOING
                        && known.phase() != TransactionPhase.EMPTY;
        return hasEnded
                && known.retryEpoch() >= 0
                && known.retryEpoch() == producer.epoch()
                && producerBefore == producer.producerId();
    }

    /// Ends a transaction whose producer is gone, or is to go: it has a new epoch afterwards.
    private static TransactionRecord abort(
            Transaction known, LongSupplier freshProducerId, long nowMs) {
        return decide(known, false, freshProducerId, nowMs);
    }

    private static TransactionRecord decide(
            Transaction known, boolean commit, LongSupplier freshProducerId, long nowMs) {
        long next = known.epochsAreUsedUp() ? freshProducerId.getAsLong() : -1;
        short markerEpoch =
                known.epoch() == Short.MAX_VALUE ? known.epoch() : (short) (known.epoch() + 1);
        return new TransactionRecord.Decided(known.id(), commit, markerEpoch, next, nowMs);
    }

    private static void requireEndedSo(Transaction known, boolean commit) {
        boolean committed =
                known.phase() == TransactionPhase.COMPLETE_COMMIT
                        || known.phase() == TransactionPhase.PREPARE_COMMIT;
        if (committed != commit) {
            throw wrongState(known, commit);
        }
    }

    // ---- time

    /// What has become due: ends of transactions that took too long, and ids that nobody uses. At
    /// most `most` of each.
    List<TransactionRecord> due(LongSupplier freshProducerId, long nowMs, int most) {
        var records = new ArrayList<TransactionRecord>();
        int expired = 0;
        for (Transaction transaction : byId.values()) {
            if (records.size() == most) {
                break;
            }
            if (transaction.phase() == TransactionPhase.ONGOING) {
                if (nowMs - transaction.startMs() >= transaction.timeoutMs()) {
                    records.add(abort(transaction, freshProducerId, nowMs));
                }
            } else if (!transaction.phase().isPrepared()
                    && nowMs - transaction.changedMs() >= limits.expirationMs()
                    && expired < most) {
                records.add(new TransactionRecord.Expired(transaction.id()));
                expired++;
            }
        }
        return records;
    }

    // ---- topics go

    /// Takes the partitions of deleted topics out of the transactions that have them.
    List<TransactionRecord> forget(Set<PartitionId> gone) {
        var records = new ArrayList<TransactionRecord>();
        for (Transaction transaction : byId.values()) {
            var members = new HashSet<>(transaction.partitions());
            members.retainAll(gone);
            if (!members.isEmpty()) {
                records.add(new TransactionRecord.PartitionsGone(transaction.id(), members));
            }
        }
        return records;
    }

    // ---- replay

    void replay(TransactionRecord record) {
        Transaction before = byId.remove(record.id());
        Optional<Transaction> after =
                switch (record) {
                    case TransactionRecord.Snapshot(Transaction transaction) ->
                            Optional.of(transaction);
                    case TransactionRecord.Initialised initialised ->
                            Optional.of(replay(initialised));
                    case TransactionRecord.Extended extended ->
                            Optional.of(replay(required(before, record), extended));
                    case TransactionRecord.Decided decided ->
                            Optional.of(replay(required(before, record), decided));
                    case TransactionRecord.Completed completed ->
                            Optional.of(replay(required(before, record), completed));
                    case TransactionRecord.PartitionsGone gone ->
                            Optional.of(replay(required(before, record), gone));
                    case TransactionRecord.Expired _ -> Optional.empty();
                };
        after.ifPresent(transaction -> byId.put(transaction.id(), transaction));
    }

    private static Transaction required(@Nullable Transaction known, TransactionRecord record) {
        if (known == null) {
            throw new SinewException(
                    ErrorCode.DAMAGED_DATA,
                    "a record changes the transactional id '"
                            + Quote.of(record.id())
                            + "', which is not there");
        }
        return known;
    }

    private static Transaction replay(TransactionRecord.Initialised record) {
        return new Transaction(
                record.id(),
                record.producerId(),
                record.epoch(),
                record.retryEpoch(),
                record.previousProducerId(),
                -1,
                record.timeoutMs(),
                TransactionPhase.EMPTY,
                Set.of(),
                Set.of(),
                -1,
                record.atMs());
    }

    private static Transaction replay(Transaction before, TransactionRecord.Extended record) {
        boolean ongoing = before.phase() == TransactionPhase.ONGOING;
        var partitions = new HashSet<>(ongoing ? before.partitions() : Set.of());
        partitions.addAll(record.partitions());
        var groups = new HashSet<>(ongoing ? before.groups() : Set.of());
        groups.addAll(record.groups());
        return new Transaction(
                before.id(),
                before.producerId(),
                before.epoch(),
                (short) -1,
                -1,
                -1,
                before.timeoutMs(),
                TransactionPhase.ONGOING,
                partitions,
                groups,
                ongoing ? before.startMs() : record.atMs(),
                record.atMs());
    }

    private static Transaction replay(Transaction before, TransactionRecord.Decided record) {
        boolean bumped = record.epoch() != before.epoch();
        boolean ongoing = before.phase() == TransactionPhase.ONGOING;
        return new Transaction(
                before.id(),
                before.producerId(),
                record.epoch(),
                bumped ? before.epoch() : (short) -1,
                -1,
                record.nextProducerId(),
                before.timeoutMs(),
                record.commit() ? TransactionPhase.PREPARE_COMMIT : TransactionPhase.PREPARE_ABORT,
                before.partitions(),
                before.groups(),
                ongoing ? before.startMs() : record.atMs(),
                record.atMs());
    }

    private static Transaction replay(Transaction before, TransactionRecord.Completed record) {
        boolean replaced = before.nextProducerId() >= 0;
        return new Transaction(
                before.id(),
                replaced ? before.nextProducerId() : before.producerId(),
                replaced ? (short) 0 : before.epoch(),
                before.retryEpoch(),
                replaced ? before.producerId() : -1,
                -1,
                before.timeoutMs(),
                before.phase() == TransactionPhase.PREPARE_COMMIT
                        ? TransactionPhase.COMPLETE_COMMIT
                        : TransactionPhase.COMPLETE_ABORT,
                Set.of(),
                Set.of(),
                -1,
                record.atMs());
    }

    private static Transaction replay(Transaction before, TransactionRecord.PartitionsGone record) {
        var partitions = new HashSet<>(before.partitions());
        partitions.removeAll(record.partitions());
        return new Transaction(
                before.id(),
                before.producerId(),
                before.epoch(),
                before.retryEpoch(),
                before.previousProducerId(),
                before.nextProducerId(),
                before.timeoutMs(),
                before.phase(),
                partitions,
                before.groups(),
                before.startMs(),
                before.changedMs());
    }

    // ---- refusals

    private static void requireId(String id) {
        if (id.isEmpty() || id.length() > TransactionLimits.ID_MAX_LENGTH) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "a transactional id has 1 to "
                            + TransactionLimits.ID_MAX_LENGTH
                            + " characters, not "
                            + id.length());
        }
    }

    private static void requireNotPrepared(Transaction known) {
        if (known.phase().isPrepared()) {
            throw busy(known);
        }
    }

    private static SinewException busy(Transaction known) {
        return new SinewException(
                ErrorCode.CONCURRENT_TRANSACTIONS,
                "the last transaction of '" + Quote.of(known.id()) + "' is still being ended");
    }

    private static SinewException fenced(Transaction known, long producerId, short epoch) {
        return new SinewException(
                ErrorCode.PRODUCER_FENCED,
                "the transactional id '"
                        + Quote.of(known.id())
                        + "' is at epoch "
                        + known.epoch()
                        + " of producer "
                        + known.producerId()
                        + ", the request at epoch "
                        + epoch
                        + " of "
                        + producerId);
    }

    private static SinewException noSuchProducer(TransactionalProducer producer) {
        return new SinewException(
                ErrorCode.INVALID_PRODUCER_ID_MAPPING,
                "producer "
                        + producer.producerId()
                        + " does not have the transactional id '"
                        + Quote.of(producer.transactionalId())
                        + "'");
    }

    private static SinewException wrongState(Transaction known, boolean commit) {
        return new SinewException(
                ErrorCode.INVALID_TXN_STATE,
                "the transaction of '"
                        + Quote.of(known.id())
                        + "' is "
                        + known.phase().wireName()
                        + ": it cannot "
                        + (commit ? "commit" : "abort"));
    }
}
