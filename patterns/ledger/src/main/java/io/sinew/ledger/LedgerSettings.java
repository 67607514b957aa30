package io.sinew.ledger;

import io.sinew.base.Check;

/// What a ledger does with messages; the same for all partitions of its topic.
///
/// @param leaseMs how long a consumer holds a message unless it says otherwise
/// @param failuresMax failures after which a message is a dead letter
/// @param retry how long a failed message waits
/// @param groupConcurrency messages of one ordered group that may be out at a time
/// @param dedupeWindowMs how long a dedupe id is remembered, by the records' own times
/// @param dedupeMax dedupe ids that one partition remembers; beyond it the oldest go early, and
///   senders are refused instead where Sinew sends
/// @param trackedMax live messages of one partition that are looked at together; what is behind
///   them waits in the log, in its order, unseen
/// @param agingMs a waiting priority counts one more for each such time that it was not served
/// @param farMs a message that is due so long after it came is kept without a row until half of
///   that before its time; the same for the whole life of a ledger
/// @param pinnedMax records that may lie behind a far message before it is appended once more
/// @param parkedMax doomed messages that may stay in one partition before nothing is delivered any
///   more; 0 where they do not stay, but are moved to where dead letters go
public record LedgerSettings(
        long leaseMs,
        int failuresMax,
        RetryPolicy retry,
        int groupConcurrency,
        long dedupeWindowMs,
        int dedupeMax,
        int trackedMax,
        long agingMs,
        long farMs,
        long pinnedMax,
        int parkedMax) {
    /// The longest lease.
    public static final long LEASE_MAX_MS = 12L * 60 * 60 * 1000;

    /// The most failures that are counted.
    public static final int FAILURES_LIMIT = 10_000;

    /// What [#farMs] is but in tests.
    public static final long FAR_MS = 2L * 60 * 60 * 1000;

    /// What [#pinnedMax] is but in tests.
    public static final long PINNED_MAX = 1_000_000;

    public LedgerSettings {
        Check.that(leaseMs > 0 && leaseMs <= LEASE_MAX_MS, "a lease is 12 hours at most");
        Check.that(failuresMax >= 1 && failuresMax <= FAILURES_LIMIT, "a message may fail once");
        Check.that(groupConcurrency >= 1, "of a group one may be out at least");
        Check.that(dedupeWindowMs >= 0 && dedupeMax >= 1, "a dedupe window has some room");
        Check.that(trackedMax >= 1, "some messages are looked at");
        Check.that(agingMs >= 1, "aging takes some time");
        Check.that(parkedMax >= 0, "as many as there are, or none");
        Check.that(farMs >= 2, "what is far is not due for some time");
    }

    /// Whether doomed messages stay.
    boolean parks() {
        return parkedMax > 0;
    }

    /// Leases of 30 seconds, five failures, order one by one, a dedupe window of five minutes.
    public static LedgerSettings defaults() {
        return new LedgerSettings(
                30_000,
                5,
                RetryPolicy.defaults(),
                1,
                300_000,
                1_000_000,
                2_000_000,
                60_000,
                FAR_MS,
                PINNED_MAX,
                0);
    }
}
