package io.sinew.base;

import java.util.Optional;

/// What a number means. Each module lists its metrics in one enum that implements this, and the
/// documentation's page is made from those enums.
public interface Metric {
    /// How readings combine over time.
    enum Kind {
        /// Only grows, from zero at start.
        COUNTER,
        /// Time spent, which only grows; counted in nanoseconds, shown in seconds.
        TIME,
        /// A level, read when asked.
        GAUGE
    }

    /// In the style of Prometheus: `sinew_log_bytes_appended_total`.
    String id();

    Kind kind();

    /// One sentence for whoever reads the dashboard.
    String meaning();

    /// What tells apart the readings of a metric that has several: `api` for requests counted by
    /// API. The values must be few and known beforehand, for each is a series for ever.
    default Optional<String> label() {
        return Optional.empty();
    }
}
