package io.sinew.ledger;

import io.sinew.topics.StoredRecord;

/// A message as it goes out to a consumer.
///
/// @param attempt 1, and one more for each failure
record HandedMessage(long offset, int lease, int attempt) {
    /// The same with what its record says.
    Message with(int partition, StoredRecord record) {
        return new Message(
                new Receipt(partition, offset, lease),
                record.timestampMs(),
                record.key(),
                record.value(),
                record.headers(),
                attempt);
    }
}
