package io.sinew.pubsub;

import io.sinew.base.Check;

/// Leaves an endpoint alone that failed too often in a row. Closed it lets everything through; open
/// it lets nothing through for a while; half open it lets one message at a time through, until one
/// gets there. A state machine: time is an argument, in the nanoseconds of one clock. One thread at
/// a time.
final class PushBreaker {
    /// Where it stands.
    enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    private final int failuresMax;
    private final long firstNanos;
    private final long maxNanos;

    private State state = State.CLOSED;

    /// In a row, while closed.
    private int failures;

    private long pauseNanos;
    private long untilNanos;

    /// @param firstNanos how long it is open at first; it doubles with each probe that fails
    /// @param maxNanos and at most
    PushBreaker(int failuresMax, long firstNanos, long maxNanos) {
        Check.that(failuresMax >= 1 && firstNanos <= maxNanos, "a breaker has sane limits");
        this.failuresMax = failuresMax;
        this.firstNanos = firstNanos;
        this.maxNanos = maxNanos;
    }

    State state(long nowNanos) {
        if (state == State.OPEN && nowNanos - untilNanos >= 0) {
            state = State.HALF_OPEN;
        }
        return state;
    }

    /// How many messages it lets through, with so many under way.
    int room(long nowNanos, int underWay, int wanted) {
        return switch (state(nowNanos)) {
            case CLOSED -> wanted;
            case OPEN -> 0;
            case HALF_OPEN -> underWay == 0 ? Math.min(1, wanted) : 0;
        };
    }

    /// How long it stays open; 0 or less when it is not.
    long openNanos(long nowNanos) {
        return state(nowNanos) == State.OPEN ? untilNanos - nowNanos : 0;
    }

    /// A message got there, also one that was let through long ago.
    void succeeded() {
        state = State.CLOSED;
        failures = 0;
        pauseNanos = 0;
    }

    /// A message did not get there.
    ///
    /// @return whether it opened just now
    boolean failed(long nowNanos) {
        return switch (state(nowNanos)) {
            case CLOSED -> {
                failures++;
                yield failures >= failuresMax && open(nowNanos, firstNanos);
            }
            // Of before it opened: it says nothing new.
            case OPEN -> false;
            case HALF_OPEN -> open(nowNanos, Math.min(2 * pauseNanos, maxNanos));
        };
    }

    private boolean open(long nowNanos, long forNanos) {
        state = State.OPEN;
        pauseNanos = forNanos;
        untilNanos = nowNanos + forNanos;
        failures = 0;
        return true;
    }
}
