package io.sinew.base;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// How work in the background gets done. In production each [Work] has a thread, and whoever waits
/// is parked. In a simulation there is one thread for everything: whoever simulates does the steps
/// by hand, in an order it chooses, and whoever waits does them too.
public interface Background {
    /// To wait for as long as it takes.
    long WITHOUT_LIMIT = Long.MAX_VALUE;

    /// Threads.
    static Background threads() {
        return BackgroundThreads.INSTANCE;
    }

    /// Begins some work.
    ///
    /// @param thread the kind and name of its thread, if it gets one
    /// @param lock what guards [Work#dueInNanos]
    /// @param moved signalled, under the lock, when that may have become less
    Worker begin(Work work, Thread.Builder thread, ReentrantLock lock, Condition moved);

    /// To be called by whoever is about to wait, after the first look. With threads it does
    /// nothing, and the caller waits as it would have; in a simulation the others work meanwhile.
    ///
    /// @param over asked until it holds; it may throw to end the wait
    /// @param limitNanos how long to wait at most
    /// @return whether `over` has said that it holds: then there is no need to wait any more
    boolean workUntil(BooleanSupplier over, long limitNanos);

    /// Runs `share` several times side by side, if there is more than one thread, and returns when
    /// all are done.
    ///
    /// @param namePrefix of the threads
    /// @throws IOException what a share threw
    void sideBySide(int times, String namePrefix, Callable<Void> share) throws IOException;
}
