package io.sinew.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What is known of few messages only, by offset, and so has no column among the [Rows]: when they
/// expire, and how they failed.
final class SideNotes {
    private final Map<Long, Long> expiries = new HashMap<>();
    private final Map<Long, List<FailureNote>> failures = new HashMap<>();

    void expires(long offset, long ms) {
        expiries.put(offset, ms);
    }

    /// When a message expires; 0 if nobody said.
    long expiryOf(long offset) {
        return expiries.getOrDefault(offset, 0L);
    }

    /// Adds a failure; the first goes when there are more than [FailureNote#KEPT_MAX].
    void add(long offset, FailureNote note) {
        List<FailureNote> notes = failures.computeIfAbsent(offset, _ -> new ArrayList<>());
        notes.add(note);
        if (notes.size() > FailureNote.KEPT_MAX) {
            notes.removeFirst();
        }
    }

    /// The last failures, the oldest first.
    List<FailureNote> failuresOf(long offset) {
        return failures.getOrDefault(offset, List.of());
    }

    void forget(long offset) {
        expiries.remove(offset);
        failures.remove(offset);
    }
}
