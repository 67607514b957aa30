package io.sinew.orders;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where money is. A payment that comes a second time, because a cashier stopped between making it
/// and saying so, is recognised by its id and not made again; every payment service takes such an
/// id, often as "idempotency key".
final class Bank {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Long> centsById = new LinkedHashMap<>();
    private int repeats;

    void pay(String id, long cents) {
        lock.lock();
        try {
            if (centsById.putIfAbsent(id, cents) != null) {
                repeats++;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean hasPaid(String id) {
        lock.lock();
        try {
            return centsById.containsKey(id);
        } finally {
            lock.unlock();
        }
    }

    /// Everything that was paid, in cents.
    long totalCents() {
        lock.lock();
        try {
            return centsById.values().stream().mapToLong(Long::longValue).sum();
        } finally {
            lock.unlock();
        }
    }

    /// Payments that came again and were recognised.
    int repeatCount() {
        lock.lock();
        try {
            return repeats;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until `count` payments were made.
    ///
    /// @return how many were, which is less than `count` when the limit has passed
    int awaitPaid(int count, Duration limit) throws InterruptedException {
        long leftNanos = limit.toNanos();
        lock.lock();
        try {
            while (centsById.size() < count && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return centsById.size();
        } finally {
            lock.unlock();
        }
    }
}
