package io.sinew.pubsub;

import io.sinew.base.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// The machine's time, and as much more as the test has let pass.
final class PushClock implements Clock {
    private final AtomicLong passedNanos = new AtomicLong();

    void pass(Duration time) {
        passedNanos.addAndGet(time.toNanos());
    }

    @Override
    public long nowMs() {
        return Clock.system().nowMs() + Duration.ofNanos(passedNanos.get()).toMillis();
    }

    @Override
    public long nanos() {
        return Clock.system().nanos() + passedNanos.get();
    }
}
