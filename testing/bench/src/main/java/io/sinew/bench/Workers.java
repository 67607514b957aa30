package io.sinew.bench;

import io.sinew.base.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/// Platform threads that share one fate: when one fails, or one does not end in time, everything
/// they block on is closed and they are interrupted, so that all of them end.
final class Workers {
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> resources;
    private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    /// @param resources what the workers block on
    Workers(List<? extends AutoCloseable> resources) {
        this.resources = List.copyOf(resources);
    }

    /// What one thread does.
    interface Work {
        void run() throws Exception;
    }

    void start(String name, Work work) {
        Thread thread =
                Thread.ofPlatform()
                        .name(name)
                        .start(() -> {
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
                late = true;
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
            throw new IOException(cause.getMessage(), cause);
        }
    }

    private void endAll() {
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
