package io.sinew.bench;

import java.nio.file.Path;
import java.util.Optional;

/// A queue under measurement, in one configuration.
interface QueuePeer extends Subject {
    /// Why it cannot be measured here, and what to do about it; empty when it can.
    default Optional<String> missing() {
        return Optional.empty();
    }

    /// Whether it runs in the driver's own JVM, so that CPU time and memory are those of both.
    default boolean inDriver() {
        return false;
    }

    /// Starts it on an empty folder, and returns when it takes messages.
    QueueSystem start(Path folder) throws Exception;
}
