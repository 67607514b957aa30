package io.sinew.server;

import io.sinew.base.Clock;
import io.sinew.http.Health;
import io.sinew.topics.Engine;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Whether the cluster answers, in the words of `GET /health`. It is asked on a virtual thread of
/// its own, one question at a time, because kafka-clients go on asking for half a minute.
final class ClusterHealth implements Supplier<Health> {
    /// How long an answer counts.
    private static final long AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// How long `/health` waits for one.
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Engine engine;
    private final String bootstrap;
    private final Clock clock;
    private final long openedNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition answered = lock.newCondition();

    // Under the lock.
    private boolean asking;
    private boolean known;
    private long knownNanos;
    private String trouble = "";

    ClusterHealth(Engine engine, String bootstrap, Clock clock) {
        this.engine = engine;
        this.bootstrap = bootstrap;
        this.clock = clock;
        this.openedNanos = clock.nanos();
    }

    @Override
    public Health get() {
        String detail = trouble();
        long uptimeMs = TimeUnit.NANOSECONDS.toMillis(clock.nanos() - openedNanos);
        Health.Status status = detail.isEmpty() ? Health.Status.UP : Health.Status.DOWN;
        return new Health(status, detail, SinewServer.version(), uptimeMs);
    }

    /// What is wrong; empty when the cluster has just answered.
    private String trouble() {
        lock.lock();
        try {
            if (!isFresh() && !asking) {
                asking = true;
                var _ = Thread.ofVirtual().name("sinew-cluster-health").start(this::ask);
            }
            long left = PATIENCE_NANOS;
            while (!isFresh() && left > 0) {
                left = answered.awaitNanos(left);
            }
            return isFresh() ? trouble : "No broker of " + bootstrap + " answers at the moment";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "Sinew is stopping";
        } finally {
            lock.unlock();
        }
    }

    private boolean isFresh() {
        return known && clock.nanos() - knownNanos < AGE_NANOS;
    }

    private void ask() {
        String found = "";
        try {
            var _ = engine.topic(SharedReceiptKeyV1Format.TOPIC);
        } catch (RuntimeException e) {
            found = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            found = "Sinew is stopping";
        } finally {
            lock.lock();
            try {
                asking = false;
                known = true;
                knownNanos = clock.nanos();
                trouble = found;
                answered.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
