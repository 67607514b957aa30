package io.sinew.bench;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// What one workload read off one peer in one round.
final class Readings {
    private static final double BYTES_PER_MB = 1e6;
    private static final double BYTES_PER_GB = 1e9;
    private static final double NANOS_PER_MS = 1e6;
    private static final double NANOS_PER_S = 1e9;

    private final EnumMap<Quantity, Double> values = new EnumMap<>(Quantity.class);

    Map<Quantity, Double> values() {
        return Collections.unmodifiableMap(values);
    }

    Readings put(Quantity quantity, double value) {
        values.put(quantity, value);
        return this;
    }

    Readings seconds(Quantity quantity, long nanos) {
        return put(quantity, nanos / NANOS_PER_S);
    }

    Readings megabytes(Quantity quantity, long bytes) {
        return put(quantity, bytes / BYTES_PER_MB);
    }

    /// Records and bytes per second.
    Readings rate(long records, long bytes, long nanos) {
        if (records > 0) {
            put(Quantity.RECORDS_PER_S, records * NANOS_PER_S / nanos);
        }
        return put(Quantity.MB_PER_S, bytes / BYTES_PER_MB * NANOS_PER_S / nanos);
    }

    /// CPU time for `bytes` between two looks at the broker.
    Readings cpu(ProcessFacts before, ProcessFacts after, long bytes) {
        double gigabytes = bytes / BYTES_PER_GB;
        double user = (after.userSeconds() - before.userSeconds()) / gigabytes;
        double system = (after.systemSeconds() - before.systemSeconds()) / gigabytes;
        put(Quantity.CPU_USER_S_PER_GB, user);
        put(Quantity.CPU_SYSTEM_S_PER_GB, system);
        return put(Quantity.CPU_S_PER_GB, user + system);
    }

    /// What a load on a queue measured. Latencies are left out where there are none.
    Readings queue(QueueLoad.Outcome outcome) {
        if (outcome.settled() > 0) {
            put(Quantity.MESSAGES_PER_S, outcome.settled() * NANOS_PER_S / outcome.nanos());
            put(Quantity.CPU_US_PER_MESSAGE, cpuMicros(outcome, outcome.settled()));
        }
        percentile(Quantity.PUBLISH_P50_MS, outcome.confirm(), 50);
        percentile(Quantity.PUBLISH_P99_MS, outcome.confirm(), 99);
        percentile(Quantity.PUBLISH_P999_MS, outcome.confirm(), 99.9);
        percentile(Quantity.END_TO_END_P50_MS, outcome.endToEnd(), 50);
        percentile(Quantity.END_TO_END_P99_MS, outcome.endToEnd(), 99);
        if (outcome.redelivered() > 0) {
            put(Quantity.REDELIVERED, (double) outcome.redelivered());
        }
        return megabytes(Quantity.RESIDENT_MB, outcome.residentBytes());
    }

    /// How late things were that had a time.
    Readings late(Histogram nanos) {
        percentile(Quantity.LATE_P50_MS, nanos, 50);
        percentile(Quantity.LATE_P99_MS, nanos, 99);
        return percentile(Quantity.LATE_MAX_MS, nanos, 100);
    }

    private Readings percentile(Quantity quantity, Histogram nanos, double percentile) {
        if (nanos.getTotalCount() > 0) {
            put(quantity, nanos.getValueAtPercentile(percentile) / NANOS_PER_MS);
        }
        return this;
    }

    /// CPU time of the server for each message.
    static double cpuMicros(QueueLoad.Outcome outcome, long messages) {
        ProcessFacts before = outcome.before();
        ProcessFacts after = outcome.after();
        double seconds =
                after.userSeconds()
                        - before.userSeconds()
                        + after.systemSeconds()
                        - before.systemSeconds();
        return seconds * 1e6 / messages;
    }

    /// Percentiles of a histogram of nanoseconds.
    Readings latency(Histogram nanos) {
        put(Quantity.P50_MS, nanos.getValueAtPercentile(50) / NANOS_PER_MS);
        put(Quantity.P99_MS, nanos.getValueAtPercentile(99) / NANOS_PER_MS);
        put(Quantity.P999_MS, nanos.getValueAtPercentile(99.9) / NANOS_PER_MS);
        return put(Quantity.MAX_MS, nanos.getMaxValue() / NANOS_PER_MS);
    }
}
