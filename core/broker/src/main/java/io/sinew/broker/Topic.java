package io.sinew.broker;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// A topic as it stands. Immutable: a change makes a new one.
///
/// @param settings its own settings, checked; the rest is the broker's
public record Topic(UUID id, String name, int partitionCount, Map<String, String> settings) {
    public Topic {
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }
}
