package io.sinew.bench;

import java.util.OptionalDouble;

/// What the project has promised: a limit for a figure, or for the quotient of two medians.
sealed interface Bar {
    String workload();

    Quantity quantity();

    Limit limit();

    /// What is compared: "sinew", or "sinew / kafka".
    String subject();

    /// What came out; empty when a peer was not measured.
    OptionalDouble value(Results results);

    /// "MET", "NOT MET" or "not measured".
    default String verdict(Results results) {
        OptionalDouble value = value(results);
        if (value.isEmpty()) {
            return "not measured";
        }
        return limit().admits(value.getAsDouble()) ? "MET" : "NOT MET";
    }

    /// Which side of a number is good.
    record Limit(boolean atMost, double value) {
        static Limit atMost(double value) {
            return new Limit(true, value);
        }

        static Limit atLeast(double value) {
            return new Limit(false, value);
        }

        boolean admits(double actual) {
            return atMost ? actual <= value : actual >= value;
        }

        @Override
        public String toString() {
            return (atMost ? "<= " : ">= ") + Report.number(value);
        }
    }

    /// One peer's figure.
    record Figure(String workload, Quantity quantity, String peer, Limit limit) implements Bar {
        @Override
        public String subject() {
            return peer;
        }

        @Override
        public OptionalDouble value(Results results) {
            return results.median(workload, peer, quantity);
        }
    }

    /// One peer's figure divided by another's.
    record Ratio(String workload, Quantity quantity, String peer, String base, Limit limit)
            implements Bar {
        @Override
        public String subject() {
            return peer + " / " + base;
        }

        @Override
        public OptionalDouble value(Results results) {
            OptionalDouble numerator = results.median(workload, peer, quantity);
            OptionalDouble denominator = results.median(workload, base, quantity);
            return numerator.isPresent() && denominator.isPresent()
                    ? OptionalDouble.of(numerator.getAsDouble() / denominator.getAsDouble())
                    : OptionalDouble.empty();
        }
    }
}
