package io.sinew.ledger;

import java.time.Duration;
import java.util.Optional;

/// What a consumer says of a message that it has.
public sealed interface Verdict {
    /// It is dealt with.
    record Done() implements Verdict {}

    /// It failed, and is to be tried again if it may.
    ///
    /// @param delay until then; empty for what the queue's settings say
    /// @param cause in a few words, for whoever looks at the dead letter; the first
    ///   [FailureNote#CAUSE_CHARS_MAX] characters are kept
    record Failed(Optional<Duration> delay, String cause) implements Verdict {
        public Failed {
            cause = FailureNote.shortened(cause);
        }
    }

    /// Nothing was wrong with it; the consumer gives it back.
    ///
    /// @param delay until it may be delivered again
    record Returned(Duration delay) implements Verdict {}

    /// It is never to be tried again.
    ///
    /// @param cause as in [Failed]
    record Rejected(String cause) implements Verdict {
        public Rejected {
            cause = FailureNote.shortened(cause);
        }
    }

    /// The consumer needs it for so long from now on.
    record Extended(Duration lease) implements Verdict {}
}
