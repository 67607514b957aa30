package io.sinew.base;

import java.time.Duration;

/// Who does some [Work].
public interface Worker {
    /// Waits until the work is over.
    void awaitEnd() throws InterruptedException;

    /// As [#awaitEnd], but not for ever.
    ///
    /// @return whether the work is over
    boolean awaitEnd(Duration atMost) throws InterruptedException;
}
