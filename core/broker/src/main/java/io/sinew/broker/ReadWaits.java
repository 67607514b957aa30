package io.sinew.broker;

import io.sinew.base.Background;
import io.sinew.base.Clock;
import io.sinew.log.PartitionLog;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// The reads of one door, or one engine, that wait for data right now. A wait costs nothing until
/// bytes arrive in one of its partitions, and is woken when there may be enough of them.
public final class ReadWaits {
    private final Clock clock;
    private final Background background;
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    ReadWaits(Clock clock, Background background) {
        this.clock = clock;
        this.background = background;
    }

    /// One read that waits. Made and awaited by one thread.
    private static final class Wait implements PartitionLog.Arrivals {
        private final Thread waiter = Thread.currentThread();
        private final AtomicLong arrivedBytes = new AtomicLong();
        private volatile long wantedBytes = Long.MAX_VALUE;

        @Override
        public void arrived(int sizeBytes) {
            long now = arrivedBytes.addAndGet(sizeBytes);
            long wanted = wantedBytes;
            if (now >= wanted && now - sizeBytes < wanted) {
                LockSupport.unpark(waiter);
            }
        }
    }

    /// Reads again.
    public interface Available {
        /// The bytes that an answer would have now; [Long#MAX_VALUE] if it must not wait.
        long bytes();
    }

    /// Waits until there are `minBytes` to read, the deadline passes or [#endAll] is called.
    ///
    /// @param logs where they may arrive
    public void await(
            Collection<PartitionLog> logs, long minBytes, Available available, long deadlineNanos)
            throws InterruptedException {
        var wait = new Wait();
        waits.add(wait);
        logs.forEach(log -> log.watch(wait));
        try {
            while (true) {
                // What arrives while it is read counts twice: then it is looked at once more.
                long before = wait.arrivedBytes.get();
                long missing = minBytes - available.bytes();
                if (missing <= 0 || !arrive(wait, before + missing, deadlineNanos)) {
                    return;
                }
            }
        } finally {
            logs.forEach(log -> log.unwatch(wait));
            waits.remove(wait);
        }
    }

    /// Waits until so many bytes have arrived since the wait began.
    ///
    /// @return false when the wait is over before
    private boolean arrive(Wait wait, long wantedBytes, long deadlineNanos)
            throws InterruptedException {
        wait.wantedBytes = wantedBytes;
        long remaining = deadlineNanos - clock.nanos();
        if (remaining > 0) {
            background.workUntil(() -> ended || wait.arrivedBytes.get() >= wantedBytes, remaining);
        }
        while (wait.arrivedBytes.get() < wantedBytes) {
            remaining = deadlineNanos - clock.nanos();
            if (ended || remaining <= 0) {
                return false;
            }
            LockSupport.parkNanos(wait, remaining);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return !ended;
    }

    /// Ends all waits, now and from now on.
    public void endAll() {
        ended = true;
        waits.forEach(wait -> LockSupport.unpark(wait.waiter));
    }
}
