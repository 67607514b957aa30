package io.sinew.pubsub;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The look-ups of one endpoint's name: one at a time, for all who need it meanwhile, on a platform
/// thread. The machine's resolver blocks the thread that asks for as long as a name server likes to
/// take; a few endpoints' names would stop all virtual threads.
final class PushLookup {
    private final EndpointLookup lookup;
    private final String host;

    /// As many as there may be of all endpoints together.
    private final Semaphore permits;

    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private @Nullable FutureTask<List<InetAddress>> pending;

    PushLookup(EndpointLookup lookup, String host, Semaphore permits) {
        this.lookup = lookup;
        this.host = host;
        this.permits = permits;
    }

    List<InetAddress> addresses(PushDeadline deadline) throws IOException, InterruptedException {
        FutureTask<List<InetAddress>> task = pending();
        try {
            if (task == null) {
                task = begin(deadline);
            }
            return task.get(deadline.leftNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw tooLate();
        } catch (ExecutionException e) {
            var unknown = new UnknownHostException(host + " has no address");
            unknown.initCause(e);
            throw unknown;
        }
    }

    private @Nullable FutureTask<List<InetAddress>> pending() {
        lock.lock();
        try {
            return pending;
        } finally {
            lock.unlock();
        }
    }

    private FutureTask<List<InetAddress>> begin(PushDeadline deadline)
            throws IOException, InterruptedException {
        if (!permits.tryAcquire(deadline.leftNanos(), TimeUnit.NANOSECONDS)) {
            throw tooLate();
        }
        lock.lock();
        try {
            if (pending != null) {
                permits.release();
                return pending;
            }
            var task = new FutureTask<>(() -> lookup.addresses(host));
            pending = task;
            Thread _ =
                    Thread.ofPlatform().daemon().name("sinew-push-lookup").start(() -> run(task));
            return task;
        } finally {
            lock.unlock();
        }
    }

    private void run(FutureTask<List<InetAddress>> task) {
        try {
            task.run();
        } finally {
            lock.lock();
            try {
                pending = null;
            } finally {
                lock.unlock();
            }
            permits.release();
        }
    }

    private SocketTimeoutException tooLate() {
        return new SocketTimeoutException("looking up " + host + " took too long");
    }
}
