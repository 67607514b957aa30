package io.sinew.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets a command end in order on Ctrl-C or SIGTERM: it is told to stop, and the virtual machine
/// waits, for a while, until it has closed this.
final class Interrupt implements AutoCloseable {
    private static final long PATIENCE_S = 10;

    private final Runnable stop;
    private final Thread hook = new Thread(this::stopAndWait, "sinew-interrupt");
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean requested;

    /// @param stop called by another thread; must return at once
    Interrupt(Runnable stop) {
        this.stop = stop;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    boolean requested() {
        return requested;
    }

    private void stopAndWait() {
        requested = true;
        stop.run();
        try {
            // Nobody is left to be told that it took longer.
            var _ = ended.await(PATIENCE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        if (!requested) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The end has begun this very moment.
            }
        }
    }
}
