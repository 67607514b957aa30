package io.sinew.base;

/// What a number means. Each module lists its metrics in one enum that implements this, and the
/// documentation's page is made from those enums.
public interface Metric {
    /// How readings combine over time.
    enum Kind {
        /// Only grows, from zero at start.
        COUNTER,
        /// A level, read when asked.
        GAUGE
    }

    /// In the style of Prometheus: `sinew_log_bytes_appended_total`.
    String id();

    Kind kind();

    /// One sentence for whoever reads the dashboard.
    String meaning();
}
