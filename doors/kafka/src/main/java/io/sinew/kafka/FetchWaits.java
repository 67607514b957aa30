package io.sinew.kafka;

import io.sinew.base.Clock;
import io.sinew.log.PartitionLog;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// The fetches that wait for data right now. A wait costs nothing until bytes arrive in one of its
/// partitions, and is woken once, when there are enough of them.
final class FetchWaits {
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /// One fetch that waits. Made and awaited by one thread.
    private static final class Wait implements PartitionLog.Arrivals {
        private final Thread waiter = Thread.currentThread();
        private final AtomicLong missingBytes;

        Wait(long missingBytes) {
            this.missingBytes = new AtomicLong(missingBytes);
        }

        @Override
        public void arrived(int sizeBytes) {
            long before = missingBytes.getAndAdd(-sizeBytes);
            if (before > 0 && before <= sizeBytes) {
                LockSupport.unpark(waiter);
            }
        }

        void end() {
            missingBytes.set(0);
            LockSupport.unpark(waiter);
        }

        boolean isOver() {
            return missingBytes.get() <= 0;
        }
    }

    /// Reports the bytes that are there already.
    interface Available {
        long bytes();
    }

    /// Waits until `logs` have `minBytes` more to read than now, the deadline passes or the door
    /// closes.
    ///
    /// @param available read again once the wait can no longer miss an arrival
    void await(
            Collection<PartitionLog> logs,
            long minBytes,
            Available available,
            long deadlineNanos,
            Clock clock) {
        var wait = new Wait(Math.max(1, minBytes));
        waits.add(wait);
        logs.forEach(log -> log.watch(wait));
        try {
            if (available.bytes() >= minBytes) {
                return;
            }
            while (!wait.isOver() && !ended) {
                long remaining = deadlineNanos - clock.nanos();
                if (remaining <= 0) {
                    return;
                }
                LockSupport.parkNanos(wait, remaining);
            }
        } finally {
            logs.forEach(log -> log.unwatch(wait));
            waits.remove(wait);
        }
    }

    /// Ends all waits, now and from now on.
    void endAll() {
        ended = true;
        waits.forEach(Wait::end);
    }
}
