package io.sinew.base;

/// Something that goes on in the background, one step after the other. A step that comes too early
/// does nothing.
public interface Work {
    /// There is no further step.
    long OVER = -1;

    /// There is nothing to do until somebody signals.
    long WHEN_SIGNALLED = Long.MAX_VALUE;

    /// How long to wait before the next step, in nanoseconds, as things are: 0 for not at all,
    /// [#OVER], or [#WHEN_SIGNALLED]. A signal begins the wait anew. Called under the lock.
    long dueInNanos();

    /// Does the next step, without the lock.
    void step() throws InterruptedException;
}
