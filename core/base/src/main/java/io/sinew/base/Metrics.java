package io.sinew.base;

import java.util.ArrayList;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// The readings of one running process, by [Metric]. Made once by whoever assembles the process and
/// handed down; the HTTP door reads it. Safe for any thread.
public final class Metrics {
    private final ConcurrentMap<Series, LongAdder> counters = new ConcurrentHashMap<>();
    private final ConcurrentMap<Series, LongSupplier> gauges = new ConcurrentHashMap<>();

    /// What is read by itself.
    ///
    /// @param label value of the metric's label; empty for a metric without one
    public record Series(Metric metric, String label) {
        public Series {
            Check.that(metric.label().isEmpty() == label.isEmpty(), "labels are where they belong");
        }
    }

    /// One reading. In nanoseconds for a metric of the kind `TIME`.
    public record Sample(Series series, LongSupplier value) {}

    /// The counter of a metric, the same one at each call. Whoever counts often keeps it.
    public LongAdder counter(Metric metric) {
        return counter(metric, "");
    }

    /// The counter of one label of a metric, the same one at each call.
    public LongAdder counter(Metric metric, String label) {
        Check.that(metric.kind() != Metric.Kind.GAUGE, "what is counted is not a level");
        return counters.computeIfAbsent(new Series(metric, label), _ -> new LongAdder());
    }

    /// Registers how to read a level; the last one registered counts.
    public void gauge(Metric metric, LongSupplier level) {
        Check.that(metric.kind() == Metric.Kind.GAUGE, "a level is not counted");
        gauges.put(new Series(metric, ""), level);
    }

    public Collection<Sample> samples() {
        var samples = new ArrayList<Sample>();
        counters.forEach((series, adder) -> samples.add(new Sample(series, adder::sum)));
        gauges.forEach((series, level) -> samples.add(new Sample(series, level)));
        return samples;
    }
}
