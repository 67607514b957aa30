package io.sinew.sim;

import io.sinew.base.Clock;
import java.util.concurrent.TimeUnit;

/// Time that passes when the simulation says so.
final class SimulatedClock implements Clock {
    private static final long START_MS = 1_700_000_000_000L;

    private long nanos;

    @Override
    public long nowMs() {
        return START_MS + TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    void pass(long moreNanos) {
        nanos += moreNanos;
    }
}
