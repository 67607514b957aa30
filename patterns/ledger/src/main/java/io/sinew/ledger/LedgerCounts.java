package io.sinew.ledger;

/// How many messages are in which state.
///
/// @param ready may be delivered; those behind another of their ordered group are among them
/// @param delayed wait for their time, scheduled or after a failure
/// @param leased are with consumers
/// @param doomed are on their way to the dead letters
/// @param unseen are in the log behind those that are looked at; which may be too many by some that
///   are no messages, as markers of transactions
public record LedgerCounts(long ready, long delayed, long leased, long doomed, long unseen) {
    /// The counts of two parts together.
    public LedgerCounts plus(LedgerCounts other) {
        return new LedgerCounts(
                ready + other.ready,
                delayed + other.delayed,
                leased + other.leased,
                doomed + other.doomed,
                unseen + other.unseen);
    }

    /// All messages that are not dealt with.
    public long live() {
        return ready + delayed + leased + doomed + unseen;
    }
}
