package io.sinew.broker;

import java.util.Map;
import java.util.UUID;

/// What happened to a topic: the records that [TopicsState] is the replay of.
sealed interface TopicRecord {
    record Created(Topic topic) implements TopicRecord {}

    record PartitionsAdded(UUID id, int partitionCount) implements TopicRecord {}

    /// The settings as they are from now on, all of them.
    record SettingsChanged(UUID id, Map<String, String> settings) implements TopicRecord {}

    record Deleted(UUID id) implements TopicRecord {}
}
