package io.sinew.ledger;

import java.util.List;

/// A message that is not delivered any more: it is to become a dead letter, or stays.
///
/// @param notes its last failures, the oldest first
public record DoomedMessage(long offset, DeadReason reason, int failures, List<FailureNote> notes) {
    public DoomedMessage {
        notes = List.copyOf(notes);
    }
}
