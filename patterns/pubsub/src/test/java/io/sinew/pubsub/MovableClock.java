package io.sinew.pubsub;

import io.sinew.base.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// The machine's time, and as much more as the test has let pass.
final class MovableClock implements Clock {
    private final AtomicLong passedMs = new AtomicLong();

    void pass(Duration time) {
        passedMs.addAndGet(time.toMillis());
    }

    @Override
    public long nowMs() {
        return Clock.system().nowMs() + passedMs.get();
    }

    @Override
    public long nanos() {
        return Clock.system().nanos();
    }
}
