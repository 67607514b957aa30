package io.sinew.sim;

import java.util.List;

/// A seed whose run broke a promise: what happened last, and how to see it again.
final class FailedRun extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long seed;

    /// @param steps that were to be done
    /// @param step at which it happened
    FailedRun(long seed, int steps, int step, List<String> tail, Throwable cause) {
        super(
                "seed "
                        + seed
                        + ", step "
                        + step
                        + ": "
                        + cause.getMessage()
                        + "\n    "
                        + String.join("\n    ", tail)
                        + "\nRepeat it with: ./dev sim "
                        + seed
                        + (steps == Sim.STEPS ? "" : " --steps " + steps)
                        + ", and with --trace from the beginning",
                cause);
        this.seed = seed;
    }

    long seed() {
        return seed;
    }
}
