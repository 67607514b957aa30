package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The consumers that wait for messages: the longest waiting first, and no more of them are woken
/// than messages came.
final class Arrivals {
    private final int waitersMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private int waiters;

    /// Messages that came and that nobody was woken for yet.
    private long unclaimed;

    private boolean closed;

    Arrivals(int waitersMax) {
        this.waitersMax = waitersMax;
    }

    /// So many messages can be delivered that could not before. Cheap when nobody waits.
    void arrived(long count) {
        lock.lock();
        try {
            long wake = Math.min(count, waiters - unclaimed);
            for (long i = 0; i < wake; i++) {
                unclaimed++;
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Looks for messages, and waits for some to arrive between two looks.
    interface Look<T> {
        /// What there is, or null for nothing yet.
        @Nullable T find() throws InterruptedException;
    }

    /// Looks until there is something or the time is up.
    ///
    /// @return the last look's
    /// @throws SinewException `TOO_MANY_WAITERS`
    <T> @Nullable T await(Look<T> look, long waitNanos) throws InterruptedException {
        T found = look.find();
        if (found != null || waitNanos <= 0) {
            return found;
        }
        enter();
        try {
            long left = waitNanos;
            while (true) {
                // Once more, for what came before this one counted as waiting.
                found = look.find();
                if (found != null || left <= 0) {
                    return found;
                }
                left = awaitOne(left);
            }
        } finally {
            leave();
        }
    }

    private void enter() {
        lock.lock();
        try {
            if (waiters >= waitersMax) {
                throw new SinewException(
                        ErrorCode.TOO_MANY_WAITERS,
                        waitersMax
                                + " consumers wait for this queue already; ask for more messages"
                                + " at a time with fewer consumers");
            }
            waiters++;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            waiters--;
            unclaimed = Math.min(unclaimed, waiters);
        } finally {
            lock.unlock();
        }
    }

    /// @return what is left of the time
    private long awaitOne(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (unclaimed == 0 && left > 0 && !closed) {
                left = arrived.awaitNanos(left);
            }
            if (unclaimed > 0) {
                unclaimed--;
            }
            return closed ? 0 : left;
        } finally {
            lock.unlock();
        }
    }

    /// Ends all waits.
    void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
