package io.sinew.queue;

import io.sinew.base.Clock;
import java.util.concurrent.atomic.AtomicLong;

/// Nanoseconds that stand still until the test lets some pass, beside the queue's own wall time.
final class StoppedClock implements Clock {
    private final Clock wall;
    private final AtomicLong nanos = new AtomicLong();

    StoppedClock(Clock wall) {
        this.wall = wall;
    }

    void pass(long count) {
        nanos.addAndGet(count);
    }

    @Override
    public long nowMs() {
        return wall.nowMs();
    }

    @Override
    public long nanos() {
        return nanos.get();
    }
}
