package io.sinew.ledger;

import io.sinew.base.Clock;
import io.sinew.base.Joins;
import io.sinew.base.SinewException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Has a handler deal with a ledger's messages, each on a virtual thread, as many at a time and as
/// fast as its [ConsumerOptions] say. Unless it has credit for more it takes no message that it
/// can't begin at once, so that the rest is there for other consumers. It extends the leases of all
/// that it has.
///
/// Three virtual threads of its own: one takes messages, one begins them, one extends leases.
public final class MessageConsumer implements AutoCloseable {
    private static final Duration RECEIVE_WAIT = Duration.ofMillis(500);

    /// Messages that are taken at a time: what a crash leaves to others comes from few leases.
    private static final int TAKEN_AT_ONCE = 100;

    private static final long FAILURE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final System.Logger LOGGER = System.getLogger(MessageConsumer.class.getName());

    private final Ledger ledger;
    private final ConsumerOptions options;
    private final MessageHandler handler;
    private final Clock clock;

    /// What it has and is not settled.
    private final Set<Receipt> leases = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Under the lock.
    private final Pace pace;
    private final KeyedPace paceOfGroups;

    /// Taken and not begun.
    private final ArrayDeque<Message> taken = new ArrayDeque<>();

    /// All that it has: taken, with the handler, or on its way back.
    private int held;

    /// With the handler.
    private int working;

    private boolean closing;
    private boolean takesNoMore;

    private final List<Thread> threads = new ArrayList<>();

    private MessageConsumer(
            Ledger ledger, ConsumerOptions options, MessageHandler handler, Clock clock) {
        this.ledger = ledger;
        this.options = options;
        this.handler = handler;
        this.clock = clock;
        this.pace = new Pace(options.perSecond(), clock.nanos());
        this.paceOfGroups = new KeyedPace(options.perSecondOfGroup(), ConsumerOptions.GROUPS_MAX);
    }

    /// Has the handler deal with messages until it is closed.
    public static MessageConsumer start(
            Ledger ledger, ConsumerOptions options, MessageHandler handler, Clock clock) {
        var consumer = new MessageConsumer(ledger, options, handler, clock);
        String name = "sinew-consumer-" + ledger.name();
        consumer.threads.add(Thread.ofVirtual().name(name).start(consumer::take));
        consumer.threads.add(Thread.ofVirtual().name(name + "-begin").start(consumer::begin));
        consumer.threads.add(Thread.ofVirtual().name(name + "-lease").start(consumer::extend));
        return consumer;
    }

    // ---- taking

    private void take() {
        try {
            for (int most = awaitRoom(); most > 0; most = awaitRoom()) {
                keep(receive(most));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.lock();
            try {
                takesNoMore = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private List<Message> receive(int most) throws InterruptedException {
        try {
            return ledger.receive(most, RECEIVE_WAIT, options.lease());
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "consumer=waits " + ledger.name(), e);
            pause(FAILURE_PAUSE_NANOS);
            return List.of();
        }
    }

    /// Waits until more may be taken.
    ///
    /// @return how many; 0 for the end
    private int awaitRoom() throws InterruptedException {
        lock.lock();
        try {
            while (!closing) {
                long early = pace.earlyNanos(clock.nanos());
                int room = Math.min(room(early), TAKEN_AT_ONCE);
                if (room > 0) {
                    return room;
                }
                if (early > 0) {
                    long _ = changed.awaitNanos(early);
                } else {
                    changed.await();
                }
            }
            return 0;
        } finally {
            lock.unlock();
        }
    }

    /// With a rate it takes, beyond what it may have in advance, one that can begin now.
    private int room(long earlyNanos) {
        int room = options.credit() - held;
        if (options.perSecond() == 0) {
            return room;
        }
        int now = earlyNanos <= 0 && working < options.concurrency() ? 1 : 0;
        return Math.min(room, options.credit() - options.concurrency() + now - taken.size());
    }

    private void keep(List<Message> messages) {
        messages.forEach(message -> leases.add(message.receipt()));
        lock.lock();
        try {
            taken.addAll(messages);
            held += messages.size();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- beginning

    private void begin() {
        try {
            for (Message next = awaitTurn(); next != null; next = awaitTurn()) {
                Message message = next;
                Thread _ = Thread.ofVirtual().name("sinew-handler").start(() -> deal(message));
            }
            List<Message> left = List.copyOf(taken);
            giveBack(left, Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until a message may be begun, which then counts as begun; null for the end.
    private @Nullable Message awaitTurn() throws InterruptedException {
        lock.lock();
        try {
            while (!(closing && takesNoMore)) {
                long early = pace.earlyNanos(clock.nanos());
                if (closing || taken.isEmpty() || working >= options.concurrency()) {
                    changed.await();
                } else if (early > 0) {
                    long _ = changed.awaitNanos(early);
                } else {
                    Message message = taken.remove();
                    if (mayBegin(message)) {
                        pace.begin(clock.nanos());
                        working++;
                        return message;
                    }
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// Whether its group has its turn; if not, it is on its way back until then.
    private boolean mayBegin(Message message) {
        Optional<String> group = message.header(MessageHeaders.GROUP);
        long waitNanos = group.map(name -> paceOfGroups.begin(name, clock.nanos())).orElse(0L);
        if (waitNanos == 0) {
            return true;
        }
        // Not a moment early: it would only go back once more.
        Duration wait = Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(waitNanos) + 1);
        Thread _ =
                Thread.ofVirtual()
                        .name("sinew-not-yet")
                        .start(() -> giveBackInterruptibly(List.of(message), wait));
        return false;
    }

    private void giveBackInterruptibly(List<Message> messages, Duration delay) {
        try {
            giveBack(messages, delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// If it can't be done they are there for others when their leases have run out.
    private void giveBack(List<Message> messages, Duration delay) throws InterruptedException {
        List<Receipt> receipts = messages.stream().map(Message::receipt).toList();
        try {
            var _ = ledger.settleAll(receipts, new Verdict.Returned(delay));
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "messages=not given back " + receipts, e);
        } finally {
            receipts.forEach(leases::remove);
            release(receipts.size(), 0);
        }
    }

    private void release(int count, int worked) {
        lock.lock();
        try {
            held -= count;
            working -= worked;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- dealing

    private void deal(Message message) {
        try {
            switch (options.mode()) {
                case AT_LEAST_ONCE -> {
                    var _ = ledger.settle(message.receipt(), verdict(message));
                }
                case AT_MOST_ONCE -> {
                    Settled settled = ledger.settle(message.receipt(), new Verdict.Done());
                    leases.remove(message.receipt());
                    if (settled == Settled.DONE) {
                        var _ = verdict(message);
                    }
                }
            }
        } catch (SinewException e) {
            // Its lease will run out.
            LOGGER.log(System.Logger.Level.WARNING, "message=unsettled " + message.receipt(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            leases.remove(message.receipt());
            release(1, 1);
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
                List<Receipt> all = List.copyOf(leases);
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
            var _ = ledger.settleAll(receipts, new Verdict.Extended(options.lease()));
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
                if (closing && held == 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more messages, gives back what was not begun, and returns when the rest is dealt
    /// with.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Joins.all(threads);
        lock.lock();
        try {
            while (held > 0) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
