package io.sinew.ledger;

import java.util.concurrent.TimeUnit;

/// How fast something is begun at most: so many a second, evenly, so that none waits for a second
/// to be over and no second has more than its own. Time is an argument, in the nanoseconds of one
/// clock. One thread at a time.
public final class Pace {
    /// The fastest that is not "as fast as it goes".
    public static final int PER_SECOND_MAX = 1_000_000;

    private final long gapNanos;
    private long nextNanos;

    /// @param perSecond 0 for as fast as it goes
    public Pace(int perSecond, long nowNanos) {
        gapNanos = gapNanos(perSecond);
        nextNanos = nowNanos;
    }

    /// The time from one to the next.
    static long gapNanos(int perSecond) {
        return perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /// How long it is until another may begin; 0 or less for none.
    public long earlyNanos(long nowNanos) {
        return gapNanos == 0 ? 0 : nextNanos - nowNanos;
    }

    /// One begins.
    public void begin(long nowNanos) {
        nextNanos = Math.max(nextNanos, nowNanos) + gapNanos;
    }
}
