package io.sinew.broker;

import io.sinew.log.Commit;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// An answer that is not there yet: first it has to be decided, then everything that it may know of
/// has to be durable. Whoever asked waits in [#await]; one thread.
public final class Pending<T> {
    private final CountDownLatch decided = new CountDownLatch(1);
    private @Nullable T answer;
    private Commit commit = Commit.ofNothing();

    Pending() {}

    void decide(T value, Commit safeWhen) {
        answer = value;
        commit = safeWhen;
        decided.countDown();
    }

    /// Waits for the answer.
    ///
    /// @throws io.sinew.base.SinewException `LOG_STOPPED`
    public T await() throws InterruptedException {
        decided.await();
        commit.awaitDurable();
        T value = answer;
        if (value == null) {
            throw new IllegalStateException("decided without an answer");
        }
        return value;
    }
}
