package io.sinew.topics;

import java.util.Map;

/// A topic as it stands.
///
/// @param settings those that are its own, by Kafka's names
public record TopicInfo(String name, int partitionCount, Map<String, String> settings) {
    public TopicInfo {
        settings = Map.copyOf(settings);
    }
}
