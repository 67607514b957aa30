package io.sinew.kit;

import java.util.SplittableRandom;

/// Runs a property many times from seeds. A failure names the seed; `-Dseed=N` runs that one alone.
public final class Trials {
    private Trials() {}

    /// One trial; it draws everything random from `random`.
    public interface Trial {
        void run(SplittableRandom random) throws Exception;
    }

    /// Runs `count` trials with seeds 1, 2, 3 …, or only the one that `-Dseed` names.
    public static void run(int count, Trial trial) {
        String only = System.getProperty("seed");
        if (only != null) {
            runOne(Long.parseLong(only), trial);
            return;
        }
        for (long seed = 1; seed <= count; seed++) {
            runOne(seed, trial);
        }
    }

    private static void runOne(long seed, Trial trial) {
        try {
            trial.run(new SplittableRandom(seed));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("trial failed; repeat it with -Dseed=" + seed, e);
        }
    }
}
