package io.sinew.orders;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where a department's orders arrive. An order that comes a second time, because somebody stopped
/// between handling it and saying so, is recognised by its id and not handled again. (In a shop
/// with a database this is a unique key in the department's own tables.)
final class Desk {
    private final Department department;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<String> handled = new HashSet<>();
    private int repeats;

    Desk(Department department) {
        this.department = department;
    }

    Department department() {
        return department;
    }

    void put(Order order) {
        lock.lock();
        try {
            if (handled.add(order.id())) {
                department.handle(order);
            } else {
                repeats++;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Orders that were handled.
    int handledCount() {
        lock.lock();
        try {
            return handled.size();
        } finally {
            lock.unlock();
        }
    }

    /// Orders that came again and were recognised.
    int repeatCount() {
        lock.lock();
        try {
            return repeats;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until `count` orders were handled.
    ///
    /// @return how many were, which is less than `count` when the limit has passed
    int awaitHandled(int count, Duration limit) throws InterruptedException {
        long leftNanos = limit.toNanos();
        lock.lock();
        try {
            while (handled.size() < count && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return handled.size();
        } finally {
            lock.unlock();
        }
    }
}
