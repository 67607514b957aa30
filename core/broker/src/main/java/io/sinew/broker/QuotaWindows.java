package io.sinew.broker;

import java.util.Arrays;

/// What one client has used of late, in windows of time (`quota.window.num`,
/// `quota.window.size.seconds`), and how long it has to pause when that is more than its quota.
/// Counts as Kafka does, to the millisecond: a window begins with the first use after the one
/// before has passed, the rate is what was used in all windows that are not yet too old over their
/// time, and that time is at least all windows but one, so that the first use is not divided by
/// nothing.
///
/// Not safe for several threads.
final class QuotaWindows {
    private final int count;
    private final long sizeMs;

    // One more than the windows that count: the oldest may overlap the time that is looked at.
    private final double[] used;
    private final long[] startMs;
    private final long[] lastMs;
    private int made;
    private int current;

    /// @param count windows that count, the present one among them
    QuotaWindows(int count, long sizeMs) {
        this.count = count;
        this.sizeMs = sizeMs;
        this.used = new double[count + 1];
        this.startMs = new long[count + 1];
        this.lastMs = new long[count + 1];
    }

    /// Adds what was used, or takes it back.
    void add(double amount, long nowMs) {
        if (made == 0) {
            make(0, nowMs);
        } else if (nowMs - startMs[current] >= sizeMs) {
            current = (current + 1) % used.length;
            make(current, nowMs);
        }
        used[current] += amount;
        lastMs[current] = nowMs;
    }

    private void make(int window, long nowMs) {
        made = Math.max(made, window + 1);
        used[window] = 0;
        startMs[window] = nowMs;
        lastMs[window] = nowMs;
    }

    /// How much was used in the windows that count.
    double sum(long nowMs) {
        forget(nowMs);
        double sum = 0;
        for (int i = 0; i < made; i++) {
            sum += used[i];
        }
        return sum;
    }

    /// How much was used a second.
    double rate(long nowMs) {
        return sum(nowMs) / (spanMs(nowMs) / 1000.0);
    }

    /// How long the client has to pause for its rate to come down to the limit, if it uses no more:
    /// with a rate R over a time T, and a limit L, that is (R - L) / L * T.
    ///
    /// @return ms; 0 when it is within the limit
    long pauseMs(double limit, long nowMs) {
        double rate = rate(nowMs);
        return rate <= limit ? 0 : Math.round((rate - limit) / limit * spanMs(nowMs));
    }

    /// Empties the windows that are too old to count.
    private void forget(long nowMs) {
        for (int i = 0; i < made; i++) {
            if (nowMs - lastMs[i] >= count * sizeMs) {
                make(i, nowMs);
            }
        }
    }

    /// The time that the windows stand for, after [#forget].
    private long spanMs(long nowMs) {
        long oldest = made == 0 ? nowMs : Arrays.stream(startMs, 0, made).min().orElseThrow();
        long elapsed = nowMs - oldest;
        long whole = elapsed / sizeMs;
        long least = count - 1L;
        return Math.max(1, whole < least ? elapsed + (least - whole) * sizeMs : elapsed);
    }
}
