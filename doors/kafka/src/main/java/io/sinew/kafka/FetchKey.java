package io.sinew.kafka;

import java.util.UUID;

/// A partition as a fetch names it: by the topic's id (from version 13 on) or by its name. The
/// other of the two is zero or empty.
record FetchKey(UUID topicId, String topic, int partition) {}
