package io.sinew.ledger;

import java.util.List;

/// A message that is to become a dead letter.
record DoomedMessage(long offset, DeadReason reason, int failures, List<FailureNote> notes) {
    DoomedMessage {
        notes = List.copyOf(notes);
    }
}
