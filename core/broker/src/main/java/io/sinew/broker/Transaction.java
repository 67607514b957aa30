package io.sinew.broker;

import io.sinew.log.PartitionId;
import java.util.Set;

/// A transactional id with its producer and its present transaction.
///
/// @param epoch of the producer; what comes with another is refused
/// @param retryEpoch the epoch before `epoch` if its holder may not have heard of the present one,
///   and so may still ask with it; else -1
/// @param previousProducerId whose epochs were used up, if its holder may not have heard; else -1
/// @param nextProducerId the producer after the markers, where the epochs of this one are used up;
///   else -1
/// @param partitions that take part
/// @param groups whose offsets take part
/// @param startMs wall time at which the transaction began; -1 when there is none
/// @param changedMs wall time of the last change
public record Transaction(
        String id,
        long producerId,
        short epoch,
        short retryEpoch,
        long previousProducerId,
        long nextProducerId,
        int timeoutMs,
        TransactionPhase phase,
        Set<PartitionId> partitions,
        Set<String> groups,
        long startMs,
        long changedMs) {
    /// The largest epoch that a producer gets; the one above is for fencing it.
    static final short LAST_EPOCH = Short.MAX_VALUE - 1;

    public Transaction {
        partitions = Set.copyOf(partitions);
        groups = Set.copyOf(groups);
    }

    boolean epochsAreUsedUp() {
        return epoch >= LAST_EPOCH;
    }
}
