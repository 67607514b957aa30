package io.sinew.base;

/// Invariants of our own code, checked in production too. User input never reaches a `Check`: bad
/// input is answered with an [ErrorCode].
public final class Check {
    private Check() {}

    /// Stops the owner of the state in question when `condition` does not hold.
    public static void that(boolean condition, String invariant) {
        if (!condition) {
            throw new BrokenInvariant(invariant);
        }
    }

    /// As [#that(boolean, String)], with two numbers that make the report worth reading.
    public static void that(boolean condition, String invariant, long actual, long expected) {
        if (!condition) {
            throw new BrokenInvariant(invariant + ": " + actual + ", expected " + expected);
        }
    }
}
