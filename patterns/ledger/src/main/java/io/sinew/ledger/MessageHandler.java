package io.sinew.ledger;

/// Deals with messages, one at a time on each virtual thread.
@FunctionalInterface
public interface MessageHandler {
    /// Deals with a message. Its lease is extended as long as this runs.
    ///
    /// @return what is to be said of it
    /// @throws Exception it failed: the same as a verdict [Verdict.Failed] with the exception's
    ///   message
    Verdict handle(Message message) throws Exception;
}
