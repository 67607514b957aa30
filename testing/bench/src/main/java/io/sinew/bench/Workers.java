package io.sinew.bench;

import io.sinew.base.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/// Threads that share one fate: when one fails, or one does not end in time, everything they block
/// on is closed and they are interrupted, so that all of them end.
final class Workers {
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> resources = new CopyOnWriteArrayList<>();
    private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    /// @param resources what the workers block on
    Workers(List<? extends AutoCloseable> resources) {
        this.resources.addAll(resources);
    }

    /// Adds to what the workers block on.
    void closesToo(AutoCloseable resource) {
        resources.add(resource);
    }

    /// What one thread does.
    interface Work {
        void run() throws Exception;
    }

    /// A platform thread.
    void start(String name, Work work) {
        start(Thread.ofPlatform().name(name), work);
    }

    /// A virtual thread, for work that waits more than it computes.
    void startVirtual(String name, Work work) {
        start(Thread.ofVirtual().name(name), work);
    }

    private void start(Thread.Builder builder, Work work) {
        Thread thread =
                builder.start(() -> {
                    try {
                        work.run();
                    } catch (Exception e) {
                        failures.add(e);
                        endAll();
                    }
                });
        threads.add(thread);
        if (ended) {
            // The others ended before this one was known to them.
            thread.interrupt();
        }
    }

    /// Waits for all of them; the resources are closed afterwards.
    ///
    /// @throws IOException when one failed or `limit` has passed
    void join(Duration limit) throws IOException, InterruptedException {
        long deadlineNanos = Clock.system().nanos() + limit.toNanos();
        boolean late = false;
        for (Thread thread : threads) {
            long leftNanos = Math.max(1, deadlineNanos - Clock.system().nanos());
            if (!thread.join(Duration.ofNanos(leftNanos))) {
                late |= failures.isEmpty();
                endAll();
                thread.join();
            }
        }
        closeAll();
        if (late) {
            throw new IOException("the peer did not answer within " + limit);
        }
        Exception cause = failures.peek();
        if (cause != null) {
            throw new IOException(
                    Objects.requireNonNullElse(cause.getMessage(), cause.toString()), cause);
        }
    }

    /// Whether one has failed; [#join] says how.
    boolean failed() {
        return !failures.isEmpty();
    }

    /// Makes all of them end, as if one had failed.
    void endAll() {
        ended = true;
        closeAll();
        threads.forEach(Thread::interrupt);
    }

    private void closeAll() {
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                // The sockets of a failed run: nothing depends on them any more.
            }
        }
    }
}
