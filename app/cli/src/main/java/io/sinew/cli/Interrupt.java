package io.sinew.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets a command end in order on Ctrl-C or SIGTERM: it is told to stop, and the virtual machine
/// waits, for a while, until it has closed this. So this is opened before what has to be closed in
/// order, and closed after it.
final class Interrupt implements AutoCloseable {
    private static final long PATIENCE_S = 10;

    private final Thread hook = new Thread(this::stopAndWait, "sinew-interrupt");
    private final CountDownLatch ended = new CountDownLatch(1);
    private Runnable stop = () -> {};
    private volatile Runnable last = () -> {};
    private boolean requested;

    Interrupt() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// What is to be called when the time has come, by another thread; it must return at once.
    synchronized void stops(Runnable work) {
        stop = work;
        if (requested) {
            work.run();
        }
    }

    /// What is to be done in the end, when all is closed or patience has run out.
    void lastly(Runnable work) {
        last = work;
    }

    synchronized boolean requested() {
        return requested;
    }

    private synchronized void request() {
        requested = true;
        stop.run();
    }

    private void stopAndWait() {
        request();
        try {
            // Nobody is left to be told that it took longer.
            var _ = ended.await(PATIENCE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        last.run();
    }

    @Override
    public void close() {
        ended.countDown();
        if (!requested()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The end has begun this very moment.
            }
        }
    }
}
