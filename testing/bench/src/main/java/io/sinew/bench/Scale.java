package io.sinew.bench;

import java.time.Duration;

/// How long and how much.
///
/// @param warmUp how long a broker is loaded before it is measured
/// @param measured how long it is measured
/// @param factor multiplies what is counted and not timed: records, bytes, topics
/// @param starts how often each start is repeated
record Scale(Duration warmUp, Duration measured, double factor, int starts) {
    /// For figures that are to be quoted.
    static Scale full(double factor) {
        return new Scale(Duration.ofSeconds(10), Duration.ofSeconds(10), factor, 5);
    }

    /// To see that everything works, and in which direction a figure goes.
    static Scale quick(double factor) {
        return new Scale(Duration.ofSeconds(3), Duration.ofSeconds(4), factor / 4, 2);
    }

    /// The same with another time to measure.
    Scale measured(Duration duration) {
        return new Scale(warmUp, duration, factor, starts);
    }

    /// `count` to scale, at least 1.
    int of(int count) {
        return Math.max(1, (int) Math.round(count * factor));
    }
}
