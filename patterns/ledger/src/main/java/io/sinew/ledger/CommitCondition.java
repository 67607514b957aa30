package io.sinew.ledger;

import java.util.List;

/// What must still be true of a message when the commit that takes it away has its turn.
sealed interface CommitCondition {
    /// The consumer with that receipt still has it.
    record Held(Receipt receipt) implements CommitCondition {
        @Override
        public long offset() {
            return receipt.offset();
        }
    }

    /// It is live, and no consumer has it.
    record Free(long offset) implements CommitCondition {}

    long offset();

    default boolean holds(LedgerState state) {
        return switch (this) {
            case Held(Receipt receipt) -> state.holds(receipt.offset(), receipt.lease());
            case Free(long offset) -> isFree(offset, state.look(offset, 1));
        };
    }

    private static boolean isFree(long offset, List<SeenMessage> next) {
        return !next.isEmpty()
                && next.getFirst().offset() == offset
                && switch (next.getFirst().place()) {
                    case READY, DELAYED -> true;
                    case LEASED, DOOMED -> false;
                };
    }
}
