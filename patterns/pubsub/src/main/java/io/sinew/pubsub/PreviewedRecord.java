package io.sinew.pubsub;

import io.sinew.topics.StoredRecord;

/// A record of a topic, and whether a filter lets it through.
public record PreviewedRecord(int partition, StoredRecord record, boolean matches) {}
