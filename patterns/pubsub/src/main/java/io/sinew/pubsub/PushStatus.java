package io.sinew.pubsub;

import java.util.Map;
import java.util.Optional;

/// How a push is doing, since it was started.
///
/// @param state in a word
/// @param delivered messages that the endpoint has
/// @param failed attempts that failed, by their reason
/// @param returned messages that were given back without an attempt
/// @param underWay messages that are at the endpoint
/// @param lastError what went wrong last, if anything did
/// @param p99Ms how long 99 of 100 of the last attempts took at most; 0 when there were none
public record PushStatus(
        State state,
        long delivered,
        Map<PushTrouble, Long> failed,
        long returned,
        int underWay,
        Optional<Failure> lastError,
        double p99Ms) {
    /// Whether messages go to the endpoint.
    public enum State {
        /// They do.
        WORKING,
        /// After too many failures it is left alone for a while.
        LEFT_ALONE,
        /// One message at a time goes there, to see whether it is back.
        PROBING,
        /// It wants no more.
        DISABLED
    }

    /// A failure.
    ///
    /// @param atMs when
    /// @param cause in a few words
    public record Failure(long atMs, String cause) {}

    public PushStatus {
        failed = Map.copyOf(failed);
    }
}
