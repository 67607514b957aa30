package io.sinew.base;

import java.util.Collection;

/// Waiting for threads that are on their way to their end.
public final class Joins {
    private Joins() {}

    /// Returns when all have ended. Whoever is interrupted meanwhile waits on and stays
    /// interrupted: what a thread uses must not be closed before it has ended.
    public static void all(Collection<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
