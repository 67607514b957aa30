package io.sinew.log;

import java.util.UUID;

/// One partition of one topic. The topic's id and not its name: a topic that is deleted and created
/// again under the same name is another topic.
public record PartitionId(UUID topicId, int index) {}
