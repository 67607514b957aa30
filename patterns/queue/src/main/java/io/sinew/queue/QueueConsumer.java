package io.sinew.queue;

import io.sinew.base.Clock;
import io.sinew.base.Joins;
import io.sinew.base.SinewException;
import io.sinew.ledger.Message;
import io.sinew.ledger.Receipt;
import io.sinew.ledger.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Has a handler deal with a queue's messages, each on a virtual thread. It takes no more messages
/// than it can begin at once, so that what it has not begun is there for other consumers, and
/// extends the leases of what it has.
public final class QueueConsumer implements AutoCloseable {
    private static final Duration RECEIVE_WAIT = Duration.ofMillis(500);
    private static final long FAILURE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final System.Logger LOGGER = System.getLogger(QueueConsumer.class.getName());

    private final Queue queue;
    private final ConsumerOptions options;
    private final MessageHandler handler;
    private final Clock clock;
    private final Set<Receipt> working = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Under the lock.
    private int free;
    private boolean closing;

    /// When the next message may be begun, where there is a rate.
    private long nextNanos;

    private final List<Thread> threads = new ArrayList<>();

    private QueueConsumer(
            Queue queue, ConsumerOptions options, MessageHandler handler, Clock clock) {
        this.queue = queue;
        this.options = options;
        this.handler = handler;
        this.clock = clock;
        this.free = options.concurrency();
        this.nextNanos = clock.nanos();
    }

    static QueueConsumer start(
            Queue queue, ConsumerOptions options, MessageHandler handler, Clock clock) {
        var consumer = new QueueConsumer(queue, options, handler, clock);
        String name = "sinew-consumer-" + queue.info().name();
        consumer.threads.add(Thread.ofVirtual().name(name).start(consumer::take));
        consumer.threads.add(Thread.ofVirtual().name(name + "-lease").start(consumer::extend));
        return consumer;
    }

    private void take() {
        try {
            while (true) {
                int most = awaitTurn();
                if (most == 0) {
                    return;
                }
                begin(receive(most));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Message> receive(int most) throws InterruptedException {
        try {
            return queue.receive(most, RECEIVE_WAIT, options.lease());
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "consumer=waits " + queue.info().name(), e);
            pause(FAILURE_PAUSE_NANOS);
            return List.of();
        }
    }

    /// Waits until another message may be begun.
    ///
    /// @return how many; 0 for the end
    private int awaitTurn() throws InterruptedException {
        lock.lock();
        try {
            while (!closing) {
                long early = options.perSecond() == 0 ? 0 : nextNanos - clock.nanos();
                if (free > 0 && early <= 0) {
                    return Math.min(options.perSecond() == 0 ? free : 1, 100);
                }
                if (free == 0) {
                    changed.await();
                } else {
                    long _ = changed.awaitNanos(early);
                }
            }
            return 0;
        } finally {
            lock.unlock();
        }
    }

    private void begin(List<Message> messages) {
        if (messages.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            free -= messages.size();
            if (options.perSecond() > 0) {
                long gap = TimeUnit.SECONDS.toNanos(1) / options.perSecond();
                nextNanos = Math.max(nextNanos, clock.nanos()) + gap * messages.size();
            }
        } finally {
            lock.unlock();
        }
        for (Message message : messages) {
            working.add(message.receipt());
            Thread _ = Thread.ofVirtual().name("sinew-handler").start(() -> deal(message));
        }
    }

    private void deal(Message message) {
        try {
            var _ = queue.settle(message.receipt(), verdict(message));
        } catch (SinewException e) {
            // Its lease will run out.
            LOGGER.log(System.Logger.Level.WARNING, "message=unsettled " + message.receipt(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            working.remove(message.receipt());
            lock.lock();
            try {
                free++;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private Verdict verdict(Message message) {
        try {
            return handler.handle(message);
        } catch (Exception | AssertionError e) {
            LOGGER.log(System.Logger.Level.INFO, "message=failed " + message.receipt(), e);
            return new Verdict.Failed(Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    // ---- leases

    private void extend() {
        long pauseNanos = options.lease().toNanos() / 3;
        try {
            while (pause(pauseNanos)) {
                List<Receipt> all = List.copyOf(working);
                if (!all.isEmpty()) {
                    extend(all);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void extend(List<Receipt> receipts) throws InterruptedException {
        try {
            var _ = queue.ledger().settleAll(receipts, new Verdict.Extended(options.lease()));
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "lease=not extended; tried again", e);
        }
    }

    /// @return false when it was cut short by the end
    private boolean pause(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0) {
                if (closing && working.isEmpty()) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more messages, and returns when those that were begun are dealt with.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
            while (free < options.concurrency()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        Joins.all(threads);
    }
}
