package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.Commit;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// An answer that is not there yet: first it has to be decided, then everything that it may know of
/// has to be durable. Whoever asked waits in [#await]; one thread, unless another gives up for it.
public final class Pending<T> {
    private final CountDownLatch decided = new CountDownLatch(1);
    private @Nullable T answer;
    private Commit commit = Commit.ofNothing();

    Pending() {}

    void decide(T value, Commit safeWhen) {
        synchronized (this) {
            answer = value;
            commit = safeWhen;
        }
        decided.countDown();
    }

    /// Whether [#await] would return at once.
    public boolean isSettled() {
        synchronized (this) {
            return decided.getCount() == 0 && commit.isSettled();
        }
    }

    /// Ends the wait: whoever asked is not interested any more.
    public void giveUp() {
        decided.countDown();
    }

    /// Waits for the answer.
    ///
    /// @throws SinewException `LOG_STOPPED`; `COORDINATOR_NOT_AVAILABLE` after [#giveUp]
    public T await() throws InterruptedException {
        decided.await();
        T value;
        Commit safeWhen;
        synchronized (this) {
            value = answer;
            safeWhen = commit;
        }
        if (value == null) {
            throw new SinewException(
                    ErrorCode.COORDINATOR_NOT_AVAILABLE, "the answer was given up");
        }
        safeWhen.awaitDurable();
        return value;
    }
}
