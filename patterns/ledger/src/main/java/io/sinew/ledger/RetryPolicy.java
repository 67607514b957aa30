package io.sinew.ledger;

import io.sinew.base.Check;

/// How long a message that failed waits before it is delivered again: twice as long each time, up
/// to a limit, and a quarter more or less, so that what failed together does not come back
/// together.
///
/// @param firstMs after the first failure
/// @param maxMs the longest wait
public record RetryPolicy(long firstMs, long maxMs) {
    /// The longest wait that can be asked for: a year.
    public static final long WAIT_MAX_MS = 365L * 24 * 60 * 60 * 1000;

    public RetryPolicy {
        Check.that(firstMs >= 0 && firstMs <= maxMs, "the first wait is not the longest");
        Check.that(maxMs <= WAIT_MAX_MS, "a wait is a year at most");
    }

    /// One second at first, ten minutes at most.
    public static RetryPolicy defaults() {
        return new RetryPolicy(1_000, 600_000);
    }

    /// The wait after so many failures.
    ///
    /// @param seed differs between messages; the same seed gives the same wait, so that a replay
    ///   and a trial see what happened
    long waitMs(int failures, long seed) {
        int doublings = Math.min(failures - 1, 40);
        long base = doublings >= 0 && firstMs <= maxMs >> doublings ? firstMs << doublings : maxMs;
        // From 0 to 1023.
        long noise = Mix.mix(seed * 31 + failures) >>> 54;
        return base - base / 4 + base * noise / 2048;
    }
}
