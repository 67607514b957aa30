package io.sinew.pubsub;

/// Whoever owns a push, and is to know what it can't decide.
@FunctionalInterface
public interface PushListener {
    /// The endpoint wants no more messages (410). The push has stopped taking any; those that are
    /// there stay. Called once, on a thread of the push.
    ///
    /// @param reason in a few words
    void disabled(String reason);
}
