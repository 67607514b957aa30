package io.sinew.ledger;

/// What is remembered of a dedupe id.
sealed interface DedupeAnswer {
    /// Nobody had it.
    record Fresh() implements DedupeAnswer {}

    /// The message at that offset had it.
    record Known(long offset) implements DedupeAnswer {}

    /// Nobody had it, and there is no room to remember it.
    record Full() implements DedupeAnswer {}
}
