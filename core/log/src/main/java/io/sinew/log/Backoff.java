package io.sinew.log;

/// How long to leave alone what has just failed: twice as long after each failure, up to a bound.
/// Owned by the thread that tries.
final class Backoff {
    private final long firstNanos;
    private final long longestNanos;

    /// The current pause; 0 after a success.
    private long pauseNanos;

    private long failedNanos;

    Backoff(long firstNanos, long longestNanos) {
        this.firstNanos = firstNanos;
        this.longestNanos = longestNanos;
    }

    /// Whether it may be tried again.
    boolean isOver(long nowNanos) {
        return pauseNanos == 0 || nowNanos - failedNanos >= pauseNanos;
    }

    /// Begins the next pause.
    ///
    /// @return whether there was none: the first failure is news, the others are not
    boolean failed(long nowNanos) {
        boolean first = pauseNanos == 0;
        pauseNanos = first ? firstNanos : Math.min(longestNanos, 2 * pauseNanos);
        failedNanos = nowNanos;
        return first;
    }

    /// Ends the pauses.
    ///
    /// @return whether there was one
    boolean succeeded() {
        boolean failedBefore = pauseNanos > 0;
        pauseNanos = 0;
        return failedBefore;
    }
}
