package io.sinew.bench;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// What became of every message of a queue: whether each that was confirmed came, and came once,
/// and each group in order. Safe for many threads.
final class QueueTally {
    private final ReentrantLock lock = new ReentrantLock();
    private final BitSet confirmed = new BitSet();
    private final BitSet received = new BitSet();
    private final BitSet settled = new BitSet();
    private final Map<Long, Long> dueAgainNanos = new HashMap<>();
    private final Map<Integer, Long> lastOfGroup = new HashMap<>();
    private long published;
    private long open;
    private long redelivered;
    private long outOfOrder;
    private long unknown;

    /// A message is about to be published; ids are given out without gaps.
    void publishing(long id) {
        locked(() -> {
            published = Math.max(published, id + 1);
            open++;
        });
    }

    void confirmed(long id) {
        locked(() -> confirmed.set(index(id)));
    }

    /// What the arrival of a message means.
    sealed interface Arrival {
        /// It came for the first time.
        record First() implements Arrival {}

        /// It had been given back until then.
        record Again(long dueNanos) implements Arrival {}

        /// It came once more, and nobody had asked for that.
        record Unasked() implements Arrival {}
    }

    /// A message came.
    Arrival received(QueueMessage message) {
        lock.lock();
        try {
            if (message.id() < 0 || message.id() >= published) {
                unknown++;
                return new Arrival.Unasked();
            }
            Long again = dueAgainNanos.remove(message.id());
            if (again != null) {
                return new Arrival.Again(again);
            }
            if (received.get(index(message.id()))) {
                redelivered++;
                return new Arrival.Unasked();
            }
            received.set(index(message.id()));
            Long last = lastOfGroup.put(message.group(), message.id());
            if (message.group() != QueueMessage.NO_GROUP && last != null && last > message.id()) {
                outOfOrder++;
            }
            return new Arrival.First();
        } finally {
            lock.unlock();
        }
    }

    /// A message is about to be given back.
    void returning(long id, long untilNanos) {
        locked(() -> dueAgainNanos.put(id, untilNanos));
    }

    /// A message was acknowledged.
    ///
    /// @return whether that was so for the first time, of one that is known
    boolean settled(long id) {
        lock.lock();
        try {
            boolean first = id >= 0 && received.get(index(id)) && !settled.get(index(id));
            if (first) {
                settled.set(index(id));
                open--;
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    /// Messages that were published and not acknowledged.
    long open() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    /// Whether any message was acknowledged.
    boolean settledAny() {
        lock.lock();
        try {
            return !settled.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Deliveries beyond the first that nobody asked for; legal, and to be told.
    long redelivered() {
        lock.lock();
        try {
            return redelivered;
        } finally {
            lock.unlock();
        }
    }

    /// What a queue must not do, in words; empty when all is well.
    List<String> complaints() {
        lock.lock();
        try {
            var found = new ArrayList<String>();
            var lost = (BitSet) confirmed.clone();
            lost.andNot(received);
            complain(found, lost.cardinality(), "confirmed and never delivered");
            complain(found, dueAgainNanos.size(), "given back and not delivered again");
            complain(found, unknown, "delivered that nobody published");
            complain(found, outOfOrder, "delivered before an earlier one of their group");
            return found;
        } finally {
            lock.unlock();
        }
    }

    private static void complain(List<String> found, long count, String what) {
        if (count > 0) {
            found.add(count + " messages were " + what);
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    private static int index(long id) {
        return Math.toIntExact(id);
    }
}
