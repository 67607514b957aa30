package io.sinew.broker;

import io.sinew.base.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A time that passes when the test says so.
final class SteppedClock implements Clock {
    private static final long START_MS = 1_700_000_000_000L;

    private final AtomicLong passedMs = new AtomicLong();

    void step(long ms) {
        passedMs.addAndGet(ms);
    }

    @Override
    public long nowMs() {
        return START_MS + passedMs.get();
    }

    @Override
    public long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(passedMs.get());
    }
}
