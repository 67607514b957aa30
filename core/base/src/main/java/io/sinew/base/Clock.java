package io.sinew.base;

/// Where doors and runners get the time. State machines never see one: time reaches them as an
/// argument, so that a test or a simulation decides what time it is.
public interface Clock {
    /// Wall time in milliseconds since 1970. It may step backwards.
    long nowMs();

    /// Monotonic time in nanoseconds; only differences mean anything. For waits and deadlines.
    long nanos();

    /// The machine's own clocks.
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
