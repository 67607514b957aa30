package io.sinew.kit;

import io.sinew.base.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Waits for something that becomes true outside this thread and that nobody can signal: a port
/// that opens, a file that grows, an answer that changes. It looks again after a pause that doubles
/// from 1 ms to 20 ms, so a quick event costs little and a slow one does not burn a core.
///
/// Where there is a lock, a latch or a future to wait on, wait on that.
public final class Eventually {
    private static final long PAUSE_MIN_NANOS = 1_000_000;
    private static final long PAUSE_MAX_NANOS = 20_000_000;

    private Eventually() {}

    /// One look; an exception ends the wait at once.
    public interface Condition {
        boolean holds() throws Exception;
    }

    /// Returns as soon as `condition` holds.
    ///
    /// @param what completes the sentence "gave up waiting for …"
    /// @throws AssertionError after `limit`, or when this thread is interrupted
    public static void await(Duration limit, String what, Condition condition) throws Exception {
        Clock clock = Clock.system();
        long deadlineNanos = clock.nanos() + limit.toNanos();
        long pauseNanos = PAUSE_MIN_NANOS;
        while (!condition.holds()) {
            long leftNanos = deadlineNanos - clock.nanos();
            if (leftNanos <= 0) {
                throw new AssertionError("gave up waiting for " + what + " after " + limit);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while waiting for " + what);
            }
            LockSupport.parkNanos(Math.min(pauseNanos, leftNanos));
            pauseNanos = Math.min(2 * pauseNanos, PAUSE_MAX_NANOS);
        }
    }
}
