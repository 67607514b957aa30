package io.sinew.cli;

import java.util.Locale;

/// Where `sinew up` has its topics: the argument of `--engine`.
enum UpEngine {
    /// Sinew's own log, in a data directory.
    EMBEDDED,
    /// An existing Kafka cluster.
    KAFKA;

    /// As it is written.
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
