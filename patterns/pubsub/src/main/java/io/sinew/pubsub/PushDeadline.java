package io.sinew.pubsub;

import io.sinew.base.Clock;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The end of an attempt's time. When it comes, the attempt's socket is closed, whatever is being
/// done with it: no time-out of a socket ends an answer that comes one byte at a time, or a request
/// that nobody reads. It is the machine's time: sockets know no other.
final class PushDeadline implements AutoCloseable {
    private final ScheduledExecutorService timer;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private long endNanos;
    private Future<?> task;
    private @Nullable Socket socket;
    private boolean over;

    PushDeadline(ScheduledExecutorService timer, Duration time) {
        this.timer = timer;
        endNanos = Clock.system().nanos() + time.toNanos();
        task = timer.schedule(this::expire, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// How much time is left; 0 at the end.
    long leftNanos() {
        lock.lock();
        try {
            return over ? 0 : Math.max(0, endNanos - Clock.system().nanos());
        } finally {
            lock.unlock();
        }
    }

    /// Whether it has come.
    boolean isOver() {
        return leftNanos() == 0;
    }

    /// From now on the socket is what is closed.
    ///
    /// @throws SocketTimeoutException when it has come; the socket is closed
    void guard(Socket opened) throws IOException {
        lock.lock();
        try {
            socket = opened;
            if (over) {
                opened.close();
                throw new SocketTimeoutException("no time left");
            }
        } finally {
            lock.unlock();
        }
    }

    /// From now on nothing is closed.
    ///
    /// @return whether the socket that was guarded is still as it was
    boolean release() {
        lock.lock();
        try {
            socket = null;
            return !over;
        } finally {
            lock.unlock();
        }
    }

    /// Lets it come earlier: so long from now at the latest.
    void shorten(Duration time) {
        lock.lock();
        try {
            long earlierNanos = Clock.system().nanos() + time.toNanos();
            if (!over && earlierNanos < endNanos) {
                endNanos = earlierNanos;
                task.cancel(false);
                task = timer.schedule(this::expire, time.toNanos(), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    private void expire() {
        lock.lock();
        try {
            over = true;
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // Nobody uses it any more, whatever is wrong with it.
            socket = null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            task.cancel(false);
            socket = null;
        } finally {
            lock.unlock();
        }
    }
}
