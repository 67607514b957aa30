package io.sinew.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Messages that a client library has handed over on a thread of its own and that nobody has taken
/// yet. The prefetch that the server was told bounds them.
final class Arrivals {
    private final LinkedBlockingQueue<QueueSystem.Delivery> waiting = new LinkedBlockingQueue<>();

    void add(QueueSystem.Delivery delivery) {
        waiting.add(delivery);
    }

    /// Waits for the first, and takes with it what else is there.
    List<QueueSystem.Delivery> take(int most, Duration limit) throws InterruptedException {
        var taken = new ArrayList<QueueSystem.Delivery>();
        QueueSystem.Delivery first = waiting.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
        if (first != null) {
            taken.add(first);
            waiting.drainTo(taken, most - 1);
        }
        return taken;
    }
}
