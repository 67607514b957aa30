package io.sinew.queue;

import io.sinew.base.Clock;
import io.sinew.ledger.Message;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A request that was sent and has no answer yet. Safe for any thread.
public final class OpenRequest {
    private final Requester requester;
    private final String correlation;
    private final Duration time;
    private final Clock clock;
    private final long deadlineNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Under the lock; once it is there it stays.
    private @Nullable Answer answer;

    OpenRequest(Requester requester, String correlation, Duration time, Clock clock) {
        this.requester = requester;
        this.correlation = correlation;
        this.time = time;
        this.clock = clock;
        this.deadlineNanos = clock.nanos() + time.toNanos();
    }

    /// Waits for the reply, until the request's time is over.
    public Answer await() throws InterruptedException {
        lock.lock();
        try {
            while (answer == null) {
                long left = deadlineNanos - clock.nanos();
                if (left <= 0) {
                    answer = new Answer.TimedOut(time);
                } else {
                    long _ = changed.awaitNanos(Math.min(left, TimeUnit.HOURS.toNanos(1)));
                }
            }
            requester.forget(correlation);
            return answer;
        } finally {
            lock.unlock();
        }
    }

    boolean isOver() {
        return deadlineNanos - clock.nanos() <= 0;
    }

    /// Somebody answered.
    ///
    /// @return false when it came too late
    boolean replied(Message message) {
        return !isOver() && settle(new Answer.Replied(message));
    }

    void abandon() {
        boolean _ = settle(new Answer.Abandoned());
    }

    private boolean settle(Answer first) {
        lock.lock();
        try {
            if (answer != null) {
                return false;
            }
            answer = first;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }
}
