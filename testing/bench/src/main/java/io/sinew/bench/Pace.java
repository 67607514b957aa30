package io.sinew.bench;

import io.sinew.base.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// When things are due at a fixed rate: the n-th at `startNanos` + n times `intervalNanos`,
/// whatever happened to the ones before. Latencies that count from there are free of coordinated
/// omission.
record Pace(long startNanos, double intervalNanos) {
    /// The same rate from now on.
    static Pace perSecond(double rate) {
        return new Pace(Clock.system().nanos(), 1e9 / rate);
    }

    long dueNanos(long n) {
        return startNanos + (long) (n * intervalNanos);
    }

    /// Waits until the n-th is due; returns at once when it is late.
    ///
    /// @return when it was due
    long await(long n) {
        long dueNanos = dueNanos(n);
        until(dueNanos);
        return dueNanos;
    }

    /// Lets time pass, for what is measured at rest.
    static void rest(Duration duration) {
        until(Clock.system().nanos() + duration.toNanos());
    }

    /// Waits for a moment of the system's clock; returns at once when it is past.
    static void until(long untilNanos) {
        Clock clock = Clock.system();
        for (long left = untilNanos - clock.nanos(); left > 0; left = untilNanos - clock.nanos()) {
            LockSupport.parkNanos(left);
        }
    }
}
