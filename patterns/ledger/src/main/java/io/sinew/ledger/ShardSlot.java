package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.Joins;
import io.sinew.base.SinewException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A partition that this process has: keeps a shard running on it, and makes another, from the log,
/// when one fails. Has a virtual thread.
final class ShardSlot implements AutoCloseable {
    /// The shortest and the longest pause before another try.
    private static final long PAUSE_MIN_MS = 50;

    private static final long PAUSE_MAX_MS = 5_000;

    /// The pause when somebody else has taken the name: if the partition is theirs, this process is
    /// about to be told, and must not take it back meanwhile.
    private static final long PAUSE_FENCED_MS = 1_000;

    private static final System.Logger LOGGER = System.getLogger(ShardSlot.class.getName());

    private final LedgerHome home;
    private final LedgerConfig config;
    private final LedgerContext context;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Under the lock; the shard is also read without.
    private volatile @Nullable LedgerShard shard;
    private boolean failed;
    private boolean fenced;
    private boolean closed;
    private boolean opening;
    private boolean ended;

    /// Who had the partition in this process before, and may not have ended yet: two of them would
    /// take the name from each other. Null once it has.
    private @Nullable ShardSlot before;

    private final Thread thread;

    ShardSlot(
            LedgerHome home,
            LedgerConfig config,
            LedgerContext context,
            @Nullable ShardSlot before) {
        this.home = home;
        this.config = config;
        this.context = context;
        this.before = before;
        String name = "sinew-ledger-" + home.data();
        this.thread = Thread.ofVirtual().name(name).unstarted(this::keep);
    }

    void start() {
        thread.start();
    }

    /// The shard, if it runs.
    Optional<LedgerShard> shard() {
        return Optional.ofNullable(shard).filter(running -> !running.isOver());
    }

    private void keep() {
        long pauseMs = 0;
        if (before != null) {
            before.join();
            before = null;
        }
        long openedNanos = context.clock().nanos();
        try {
            while (awaitTurn()) {
                long ranNanos = context.clock().nanos() - openedNanos;
                if (ranNanos > TimeUnit.MILLISECONDS.toNanos(2 * PAUSE_MAX_MS)) {
                    pauseMs = 0;
                }
                // One that fails soon after it was opened has a reason that may last.
                pause(wasFenced() ? Math.max(pauseMs, PAUSE_FENCED_MS) : pauseMs);
                pauseMs = Math.clamp(2 * pauseMs, PAUSE_MIN_MS, PAUSE_MAX_MS);
                openedNanos = context.clock().nanos();
                if (!isClosed()) {
                    open();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end();
        set(() -> ended = true);
    }

    private void set(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until there is no shard that runs.
    ///
    /// @return false when there is to be none any more
    private boolean awaitTurn() throws InterruptedException {
        lock.lock();
        try {
            while (!closed && shard != null && !failed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
        end();
        return !isClosed();
    }

    private boolean wasFenced() {
        lock.lock();
        try {
            boolean was = fenced;
            fenced = false;
            return was;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void pause(long ms) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(ms);
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void open() throws InterruptedException {
        set(() -> opening = true);
        try {
            LedgerShard opened = LedgerShard.open(home, config, context, this::failed);
            set(() -> shard = opened);
            context.arrivals().arrived(Integer.MAX_VALUE);
        } catch (RuntimeException e) {
            // Also a defect: with the next try it may be over, and the other partitions go on.
            LOGGER.log(System.Logger.Level.WARNING, "ledger=unopened partition=" + home.data(), e);
        } finally {
            set(() -> opening = false);
        }
    }

    private void failed(SinewException cause) {
        LOGGER.log(System.Logger.Level.WARNING, "ledger=restarts partition=" + home.data(), cause);
        set(() -> {
            failed = true;
            fenced = cause.code() == ErrorCode.PRODUCER_FENCED;
        });
    }

    /// Ends the shard, if there is one.
    private void end() {
        LedgerShard ending;
        lock.lock();
        try {
            ending = shard;
            shard = null;
            failed = false;
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            ending.close();
        }
    }

    /// Gives the partition up. A shard that runs has written what was decided when this returns.
    /// One that is being taken over ends by itself, as soon as the log has answered: whoever tells
    /// of the loss has other partitions to tell of, and others wait for it.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            while (!ended && !opening) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the end after [#close].
    void join() {
        Joins.all(List.of(thread));
    }
}
