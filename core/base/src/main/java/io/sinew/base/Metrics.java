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
    private final ConcurrentMap<Metric, LongAdder> counters = new ConcurrentHashMap<>();
    private final ConcurrentMap<Metric, LongSupplier> gauges = new ConcurrentHashMap<>();

    /// One reading.
    public record Sample(Metric metric, LongSupplier value) {}

    /// The counter of a metric, the same one at each call.
    public LongAdder counter(Metric metric) {
        return counters.computeIfAbsent(metric, _ -> new LongAdder());
    }

    /// Registers how to read a level; the last one registered counts.
    public void gauge(Metric metric, LongSupplier level) {
        gauges.put(metric, level);
    }

    public Collection<Sample> samples() {
        var samples = new ArrayList<Sample>();
        counters.forEach((metric, adder) -> samples.add(new Sample(metric, adder::sum)));
        gauges.forEach((metric, level) -> samples.add(new Sample(metric, level)));
        return samples;
    }
}
