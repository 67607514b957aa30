package io.sinew.library;

import io.sinew.ledger.Message;
import io.sinew.ledger.Verdict;

/// Deals with the values in a queue, one at a time on each virtual thread.
@FunctionalInterface
public interface ValueHandler<T> {
    /// Deals with a value. Its message's lease is extended as long as this runs.
    ///
    /// @param message what it came in: headers, key, which attempt this is
    /// @return what is to be said of it
    /// @throws Exception it failed, and is tried again if it may
    Verdict handle(T value, Message message) throws Exception;
}
