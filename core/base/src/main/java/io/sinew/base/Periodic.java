package io.sinew.base;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One thing that is done again and again in the background, with a pause before each time, until
/// its owner ends it.
public final class Periodic implements AutoCloseable {
    /// What is done.
    @FunctionalInterface
    public interface Step {
        /// Does it once.
        ///
        /// @throws InterruptedException the thread is to end
        void run() throws InterruptedException;
    }

    private final String threadName;
    private final LongSupplier pauseMs;
    private final Step step;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    /// Changed under the lock; a step that takes long looks at it without.
    private volatile boolean ending;

    private @Nullable Worker worker;

    /// Prepares it; [#start] begins.
    ///
    /// @param pauseMs asked before each pause, in milliseconds
    public Periodic(String threadName, LongSupplier pauseMs, Step step) {
        this.threadName = threadName;
        this.pauseMs = pauseMs;
        this.step = step;
    }

    private final class Steps implements Work {
        @Override
        public long dueInNanos() {
            return ending ? OVER : TimeUnit.MILLISECONDS.toNanos(pauseMs.getAsLong());
        }

        @Override
        public void step() throws InterruptedException {
            step.run();
        }
    }

    /// Begins, once, on a platform thread: a step may be long work on files, which would keep a
    /// carrier of virtual threads.
    public void start(Background background) {
        worker = background.begin(new Steps(), Thread.ofPlatform().name(threadName), lock, ended);
    }

    /// Whether it was ended; for a step that can stop half way.
    public boolean isEnding() {
        return ending;
    }

    /// Begins no further step, and does not wait for the one that is on its way.
    public void end() {
        lock.lock();
        try {
            ending = true;
            ended.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the last step is over, if there was a first; whoever is interrupted stops
    /// waiting and stays interrupted.
    ///
    /// @return whether it is over
    public boolean awaitEnd(Duration atMost) {
        try {
            return worker == null || worker.awaitEnd(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// As [#awaitEnd(Duration)], for as long as it takes.
    public void awaitEnd() {
        try {
            if (worker != null) {
                worker.awaitEnd();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends it and waits for the step that is on its way.
    @Override
    public void close() {
        end();
        awaitEnd();
    }
}
