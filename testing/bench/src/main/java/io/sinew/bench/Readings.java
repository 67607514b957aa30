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

    /// Percentiles of a histogram of nanoseconds.
    Readings latency(Histogram nanos) {
        put(Quantity.P50_MS, nanos.getValueAtPercentile(50) / NANOS_PER_MS);
        put(Quantity.P99_MS, nanos.getValueAtPercentile(99) / NANOS_PER_MS);
        put(Quantity.P999_MS, nanos.getValueAtPercentile(99.9) / NANOS_PER_MS);
        return put(Quantity.MAX_MS, nanos.getMaxValue() / NANOS_PER_MS);
    }
}
