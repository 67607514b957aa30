package io.sinew.log;

import io.sinew.base.Background;
import io.sinew.base.SinewException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// What became of everything that was appended together: first the operating system has it, then
/// the disk. One commit is shared by all appends that one fsync covers, so that ten thousand
/// waiters cost one wake-up list. Appends never fail singly: the log either goes on or stops for
/// everybody.
public final class Commit {
    private final CountDownLatch written = new CountDownLatch(1);
    private final CountDownLatch durable = new CountDownLatch(1);
    private final Background background;
    private volatile @Nullable SinewException failure;

    /// @param background whose work settles it
    Commit(Background background) {
        this.background = background;
    }

    /// A commit of nothing: already durable.
    public static Commit ofNothing() {
        var commit = new Commit(Background.threads());
        commit.markWritten();
        commit.markDurable();
        return commit;
    }

    /// Waits until a crash of this process can't lose the append (a power failure still can).
    ///
    /// @throws SinewException `LOG_STOPPED`
    public void awaitWritten() throws InterruptedException {
        await(written);
        throwIfFailed();
    }

    /// Waits until the append is as safe as the log's durability promises.
    ///
    /// @throws SinewException `LOG_STOPPED`
    public void awaitDurable() throws InterruptedException {
        await(durable);
        throwIfFailed();
    }

    private void await(CountDownLatch latch) throws InterruptedException {
        if (latch.getCount() > 0) {
            background.workUntil(() -> latch.getCount() == 0, Background.WITHOUT_LIMIT);
        }
        latch.await();
    }

    /// Whether waiting is over, well or badly.
    public boolean isSettled() {
        return durable.getCount() == 0;
    }

    void markWritten() {
        written.countDown();
    }

    void markDurable() {
        durable.countDown();
    }

    void fail(SinewException cause) {
        failure = cause;
        written.countDown();
        durable.countDown();
    }

    private void throwIfFailed() {
        SinewException cause = failure;
        if (cause != null) {
            throw new SinewException(cause.code(), String.valueOf(cause.getMessage()), cause);
        }
    }
}
