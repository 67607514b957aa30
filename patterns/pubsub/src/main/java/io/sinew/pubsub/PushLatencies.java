package io.sinew.pubsub;

/// How long attempts took lately, well enough for a percentile: each counted in a class of times
/// that differ by an eighth at most. Of what was counted long ago half is forgotten again and
/// again. One thread at a time.
final class PushLatencies {
    /// Counts after which half is forgotten.
    private static final int REMEMBERED_MAX = 4_096;

    /// Classes for each power of two of microseconds.
    private static final int PARTS = 8;

    /// Up to 2^40 microseconds.
    private static final int CLASSES = 40 * PARTS;

    private final int[] counts = new int[CLASSES];
    private int total;

    void add(long nanos) {
        if (total >= REMEMBERED_MAX) {
            forgetHalf();
        }
        counts[classOf(Math.max(0, nanos / 1_000))]++;
        total++;
    }

    private void forgetHalf() {
        total = 0;
        for (int i = 0; i < CLASSES; i++) {
            counts[i] /= 2;
            total += counts[i];
        }
    }

    private static int classOf(long micros) {
        if (micros < PARTS) {
            return (int) micros;
        }
        int power = 63 - Long.numberOfLeadingZeros(micros);
        int part = (int) (micros >>> (power - 3)) & (PARTS - 1);
        return Math.min(CLASSES - 1, (power - 2) * PARTS + part);
    }

    /// The longest time of a class, in microseconds.
    private static long mostOf(int index) {
        if (index < PARTS) {
            return index;
        }
        int power = index / PARTS + 2;
        return (((long) PARTS + index % PARTS + 1) << (power - 3)) - 1;
    }

    /// The time that so many of a hundred did not exceed, in milliseconds; 0 for nothing counted.
    double percentileMs(int percent) {
        long rank = ((long) total * percent + 99) / 100;
        long seen = 0;
        for (int i = 0; i < CLASSES && total > 0; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return mostOf(i) / 1_000.0;
            }
        }
        return 0;
    }
}
