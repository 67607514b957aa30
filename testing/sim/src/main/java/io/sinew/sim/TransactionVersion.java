package io.sinew.sim;

import io.sinew.broker.Broker;
import io.sinew.broker.Transaction;
import io.sinew.groups.GroupPartition;
import io.sinew.log.PartitionId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A transactional id between two changes.
///
/// @param epoch of its producer
/// @param retryEpoch the epoch before, when its holder may not have heard of the present one; or -1
/// @param partitions of the transaction that is open, or was ended last
/// @param withOffsets whether offsets of the id's group take part
/// @param startMs when the open transaction began
/// @param pending offsets that wait for its end
/// @param committed offsets of the id's group
record TransactionVersion(
        long producerId,
        int epoch,
        int retryEpoch,
        Phase phase,
        Set<PartitionModel> partitions,
        boolean withOffsets,
        long startMs,
        int timeoutMs,
        Map<GroupPartition, Long> pending,
        Map<GroupPartition, Long> committed) {
    enum Phase {
        /// There is no such id.
        UNKNOWN,
        IDLE,
        OPEN,
        COMMITTED,
        ABORTED
    }

    /// Before the first producer.
    static final TransactionVersion NONE =
            new TransactionVersion(
                    -1, -1, -1, Phase.UNKNOWN, Set.of(), false, -1, -1, Map.of(), Map.of());

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    boolean hasEnded() {
        return phase == Phase.COMMITTED || phase == Phase.ABORTED;
    }

    boolean isHeldBy(Producer producer) {
        return producer.id == producerId && producer.epoch == epoch;
    }

    /// Whether somebody who has not heard of the present epoch may ask for it again.
    boolean wasHeldBy(Producer producer) {
        return producer.id == producerId && producer.epoch == retryEpoch;
    }

    TransactionVersion given(long id, int newEpoch, int newRetryEpoch, int newTimeoutMs) {
        return new TransactionVersion(
                id,
                newEpoch,
                newRetryEpoch,
                Phase.IDLE,
                Set.of(),
                false,
                -1,
                newTimeoutMs,
                Map.of(),
                committed);
    }

    TransactionVersion extended(Set<PartitionModel> more, boolean offsets, long nowMs) {
        var all = new LinkedHashSet<>(isOpen() ? partitions : Set.of());
        all.addAll(more);
        return new TransactionVersion(
                producerId,
                epoch,
                -1,
                Phase.OPEN,
                all,
                offsets || (isOpen() && withOffsets),
                isOpen() ? startMs : nowMs,
                timeoutMs,
                pending,
                committed);
    }

    TransactionVersion withPending(GroupPartition partition, long offset) {
        var more = new HashMap<>(pending);
        more.put(partition, offset);
        return withOffsets(more, committed);
    }

    /// Somebody has committed an offset of the group without a transaction.
    TransactionVersion withCommitted(GroupPartition partition, long offset) {
        var more = new HashMap<>(committed);
        more.put(partition, offset);
        return withOffsets(pending, more);
    }

    /// As if it had come from that one by the time that passes.
    TransactionVersion withOffsetsOf(TransactionVersion before) {
        return withOffsets(isOpen() ? before.pending : Map.of(), before.committed);
    }

    private TransactionVersion withOffsets(
            Map<GroupPartition, Long> newPending, Map<GroupPartition, Long> newCommitted) {
        return new TransactionVersion(
                producerId,
                epoch,
                retryEpoch,
                phase,
                partitions,
                withOffsets,
                startMs,
                timeoutMs,
                newPending,
                newCommitted);
    }

    TransactionVersion ended(boolean commit, int newEpoch) {
        var offsets = new HashMap<>(committed);
        if (commit) {
            // Larger ones were committed later, and stand.
            pending.forEach((partition, offset) -> offsets.merge(partition, offset, Math::max));
        }
        return new TransactionVersion(
                producerId,
                newEpoch,
                newEpoch == epoch ? -1 : epoch,
                commit ? Phase.COMMITTED : Phase.ABORTED,
                isOpen() ? partitions : Set.of(),
                false,
                -1,
                timeoutMs,
                Map.of(),
                offsets);
    }

    /// Whether this is how the broker knows the id, if it does.
    boolean is(Optional<Transaction> found, Broker broker) {
        return found.map(there -> is(there, broker)).orElse(phase == Phase.UNKNOWN);
    }

    /// Whether the broker knows the id like this, but for partitions that are gone with their
    /// topic.
    boolean is(Transaction found, Broker broker) {
        return found.producerId() == producerId
                && found.epoch() == epoch
                && phaseOf(found) == phase
                && found.timeoutMs() == timeoutMs
                && (!isOpen() || isOpenAs(found, broker));
    }

    private boolean isOpenAs(Transaction found, Broker broker) {
        return found.startMs() == startMs
                && found.groups().isEmpty() != withOffsets
                && present(found.partitions(), broker)
                        .equals(
                                present(
                                        partitions.stream()
                                                .map(PartitionModel::id)
                                                .collect(Collectors.toSet()),
                                        broker));
    }

    private static Set<PartitionId> present(Set<PartitionId> all, Broker broker) {
        return all.stream().filter(id -> isThere(id, broker)).collect(Collectors.toSet());
    }

    private static boolean isThere(PartitionId id, Broker broker) {
        return broker.topics()
                .withId(id.topicId())
                .flatMap(topic -> broker.topics().partition(topic, id.index()))
                .isPresent();
    }

    static Phase phaseOf(Transaction found) {
        return switch (found.phase()) {
            case EMPTY -> Phase.IDLE;
            case ONGOING -> Phase.OPEN;
            case PREPARE_COMMIT, COMPLETE_COMMIT -> Phase.COMMITTED;
            case PREPARE_ABORT, COMPLETE_ABORT -> Phase.ABORTED;
        };
    }

    @Override
    public String toString() {
        return phase
                + " epoch "
                + epoch
                + " of "
                + producerId
                + " in "
                + partitions.stream().map(PartitionModel::name).sorted().toList()
                + (withOffsets ? " with offsets" : "");
    }
}
