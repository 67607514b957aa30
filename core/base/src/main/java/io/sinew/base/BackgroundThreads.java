package io.sinew.base;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// A thread for each [Work].
enum BackgroundThreads implements Background {
    INSTANCE;

    private record ThreadWorker(Thread thread) implements Worker {
        @Override
        public void awaitEnd() throws InterruptedException {
            thread.join();
        }

        @Override
        public boolean awaitEnd(Duration atMost) throws InterruptedException {
            return thread.join(atMost);
        }
    }

    @Override
    public Worker begin(Work work, Thread.Builder thread, ReentrantLock lock, Condition moved) {
        return new ThreadWorker(thread.start(() -> run(work, lock, moved)));
    }

    private static void run(Work work, ReentrantLock lock, Condition moved) {
        try {
            while (awaitDue(work, lock, moved)) {
                work.step();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until the next step is due; false when there is none.
    private static boolean awaitDue(Work work, ReentrantLock lock, Condition moved)
            throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                long nanos = work.dueInNanos();
                if (nanos == Work.OVER) {
                    return false;
                }
                if (nanos == Work.WHEN_SIGNALLED) {
                    moved.await();
                } else if (nanos == 0 || moved.awaitNanos(nanos) <= 0) {
                    return true;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean workUntil(BooleanSupplier over, long limitNanos) {
        return false;
    }

    @Override
    public void sideBySide(int times, String namePrefix, Callable<Void> share) throws IOException {
        var factory = Thread.ofPlatform().name(namePrefix, 0).factory();
        try (ExecutorService threads = Executors.newFixedThreadPool(times, factory)) {
            for (Future<Void> done : threads.invokeAll(Collections.nCopies(times, share))) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while work was shared", e);
        }
    }
}
