package io.sinew.queue;

import io.sinew.ledger.Message;
import java.time.Duration;

/// What becomes of a request.
public sealed interface Answer {
    /// Somebody answered.
    ///
    /// @param message the reply, which is settled
    record Replied(Message message) implements Answer {}

    /// Nobody answered in that time. The request may be dealt with all the same; a reply that comes
    /// from now on is dropped.
    record TimedOut(Duration time) implements Answer {}

    /// The requester was closed first.
    record Abandoned() implements Answer {}
}
