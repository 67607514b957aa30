package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Requests that are inside the engine. Helidon interrupts the threads of requests when it closes,
/// and an interrupt closes a file under everybody who uses it; so the door first waits here until
/// nobody is inside. Safe for any thread.
final class EngineCalls implements AutoCloseable {
    /// Who is still inside after so long waits for a disk, at a lock and not in a file.
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Under the lock.
    private int inside;
    private boolean closing;

    /// What is done inside: short, or in steps.
    @FunctionalInterface
    interface Call<T> {
        T run() throws InterruptedException;
    }

    /// Does it inside.
    ///
    /// @throws SinewException `LOG_STOPPED` when the door closes
    <T> T run(Call<T> call) throws InterruptedException {
        enter();
        try {
            return call.run();
        } finally {
            leave();
        }
    }

    private void enter() {
        lock.lock();
        try {
            if (closing) {
                throw new SinewException(
                        ErrorCode.LOG_STOPPED, "Sinew is stopping. Try again when it is up");
            }
            inside++;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            inside--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits.
    ///
    /// @return false when it was cut short, because the door closes
    boolean pause(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    /// Lets nobody in any more, and returns when nobody is inside, or after a few seconds.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
            long left = CLOSE_NANOS;
            while (inside > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
