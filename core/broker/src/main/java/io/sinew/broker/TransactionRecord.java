package io.sinew.broker;

import io.sinew.log.PartitionId;
import java.util.List;
import java.util.Set;

/// What transactions leave in the log. [TransactionRecordV1Format] says how it looks as bytes.
sealed interface TransactionRecord {
    String id();

    /// A producer took the id, and no transaction is open; also what a snapshot has of one without
    /// a transaction.
    record Initialised(
            String id,
            long producerId,
            short epoch,
            short retryEpoch,
            long previousProducerId,
            int timeoutMs,
            long atMs)
            implements TransactionRecord {}

    /// More takes part, in a new transaction if there was none.
    record Extended(String id, List<PartitionId> partitions, List<String> groups, long atMs)
            implements TransactionRecord {
        public Extended {
            partitions = List.copyOf(partitions);
            groups = List.copyOf(groups);
        }
    }

    /// It is decided how the transaction ends. The markers that follow have the epoch.
    ///
    /// @param nextProducerId as in [Transaction]
    record Decided(String id, boolean commit, short epoch, long nextProducerId, long atMs)
            implements TransactionRecord {}

    /// All markers are written.
    record Completed(String id, long atMs) implements TransactionRecord {}

    /// Nobody used the id for long.
    record Expired(String id) implements TransactionRecord {}

    /// A transactional id as it is, for snapshots.
    record Snapshot(Transaction transaction) implements TransactionRecord {
        @Override
        public String id() {
            return transaction.id();
        }
    }

    /// Partitions that are gone with their topic take part no longer.
    record PartitionsGone(String id, Set<PartitionId> partitions) implements TransactionRecord {
        public PartitionsGone {
            partitions = Set.copyOf(partitions);
        }
    }
}
