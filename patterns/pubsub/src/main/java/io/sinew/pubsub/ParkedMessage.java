package io.sinew.pubsub;

import io.sinew.ledger.DoomedMessage;
import io.sinew.topics.StoredRecord;
import java.util.Optional;

/// A message that a subscription delivers no more: it failed too often, its time was over, or a
/// consumer refused it.
///
/// @param why with its last failures
/// @param record empty if the topic does not have it any more
public record ParkedMessage(int partition, DoomedMessage why, Optional<StoredRecord> record) {}
