package io.sinew.ledger;

import java.util.List;

/// One change of a ledger that must survive a restart. Messages are named by their offsets, times
/// are in ms since 1970. [LedgerRecordV1Format] gives the bytes.
sealed interface LedgerOp {
    /// Somebody goes on with the ledger: leases get numbers from here on.
    record Opened(int nextLease) implements LedgerOp {}

    /// A consumer has the messages until then.
    record Leased(int lease, long untilMs, long[] offsets) implements LedgerOp {}

    /// They are dealt with, for good.
    record Acked(long[] offsets) implements LedgerOp {}

    /// A consumer gave it back, and nothing was wrong with it.
    record Returned(long offset, long dueMs) implements LedgerOp {}

    /// It failed once more.
    ///
    /// @param doomed whether that was once too often
    /// @param cause in a few words, for whoever looks at the dead letter; may be empty
    record Failed(long offset, long dueMs, boolean doomed, long atMs, String cause)
            implements LedgerOp {}

    /// Their consumer fell silent, and any of them may be to blame: see [Isolation].
    record Suspected(long[] offsets) implements LedgerOp {}

    /// The consumer has them for longer.
    record Extended(long untilMs, long[] offsets) implements LedgerOp {}

    /// It is to become a dead letter, for a reason that is no failure.
    ///
    /// @param cause in a few words, if somebody gave any
    record Doomed(long offset, DeadReason reason, long atMs, String cause) implements LedgerOp {}

    /// Their dead letters were appended, with this change.
    record Buried(long[] offsets) implements LedgerOp {}

    /// Doomed messages that stayed here are to be tried again, as if they had never failed.
    record Redriven(long[] offsets) implements LedgerOp {}

    /// All messages are forgotten, with all leases and dedupe ids; the records from the offset on
    /// are taken in again.
    record Sought(long offset) implements LedgerOp {}

    /// Nothing is delivered from now on, or again.
    record Paused(boolean paused) implements LedgerOp {}

    /// Every message before the offset that no consumer has is gone.
    record Purged(long upTo) implements LedgerOp {}

    /// The first messages of a bucket of [FarMessages] have come near.
    ///
    /// @param count how many, found or not
    /// @param atMs when: what is still far then, goes into another bucket
    /// @param found those that are still in the log; without time and dedupe id
    record Neared(long bucket, int count, long atMs, List<MessageFacts> found) implements LedgerOp {
        public Neared {
            found = List.copyOf(found);
        }
    }

    /// Far messages were appended once more, with this change, and are no more where they were.
    record Moved(List<FarMessage> messages) implements LedgerOp {
        public Moved {
            messages = List.copyOf(messages);
        }
    }
}
