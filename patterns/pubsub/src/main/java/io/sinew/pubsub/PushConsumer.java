package io.sinew.pubsub;

import io.sinew.base.Clock;
import io.sinew.base.Joins;
import io.sinew.base.SinewException;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.Message;
import io.sinew.ledger.Receipt;
import io.sinew.ledger.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Pushes the messages of a ledger to a webhook, by the rules of Standard Webhooks, each on a
/// virtual thread. It takes no message that it can't send at once: while an endpoint is left alone
/// its messages are with nobody. What fails comes again by the push's schedule and is a dead letter
/// behind its end, if the ledger's `failuresMax` is [PushSchedule#attempts].
///
/// One virtual thread of its own takes messages.
public final class PushConsumer implements AutoCloseable {
    private static final Duration RECEIVE_WAIT = Duration.ofMillis(500);

    /// How long a lease is beyond the time for an attempt: enough to settle a message.
    private static final Duration SETTLE_TIME = Duration.ofSeconds(15);

    /// Messages that an endpoint has answered and that are being settled, at a time; beyond it no
    /// more are taken.
    private static final int SETTLING_MAX = 512;

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long FAILURE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final System.Logger LOGGER = System.getLogger(PushConsumer.class.getName());

    private final Ledger ledger;
    private final String source;
    private final PushSettings settings;
    private final PushClient client;
    private final PushLine line;
    private final Clock clock;
    private final PushListener listener;
    private final Duration lease;
    private final Thread taker;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Under the lock.
    private final PushGate gate;
    private final PushLatencies latencies = new PushLatencies();
    private final Map<PushTrouble, Long> failed = new EnumMap<>(PushTrouble.class);
    private int underWay;
    private int settling;
    private long delivered;
    private long returned;
    private PushStatus.@Nullable Failure lastError;
    private boolean disabled;
    private boolean closing;

    private PushConsumer(
            Ledger ledger,
            String source,
            PushSettings settings,
            PushClient client,
            Clock clock,
            PushListener listener) {
        this.ledger = ledger;
        this.source = source;
        this.settings = settings;
        this.client = client;
        this.line = client.line(settings);
        this.clock = clock;
        this.listener = listener;
        this.lease = Duration.ofMillis(settings.timeoutMs()).plus(SETTLE_TIME);
        this.gate = new PushGate(settings, clock.nanos());
        this.taker = Thread.ofVirtual().name("sinew-push-" + source).unstarted(this::take);
    }

    /// Begins to push.
    ///
    /// @param source what the ids of its messages begin with, as no other push's do
    /// @throws SinewException `INVALID_CONFIG` for an endpoint that is never allowed
    public static PushConsumer start(
            Ledger ledger,
            String source,
            PushSettings settings,
            PushClient client,
            Clock clock,
            PushListener listener) {
        var consumer = new PushConsumer(ledger, source, settings, client, clock, listener);
        consumer.taker.start();
        return consumer;
    }

    // ---- taking

    private void take() {
        try {
            for (int most = awaitRoom(); most > 0; most = awaitRoom()) {
                begin(receive(most));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until more may be taken.
    ///
    /// @return how many; 0 for the end
    private int awaitRoom() throws InterruptedException {
        lock.lock();
        try {
            while (!closing && !disabled) {
                long now = clock.nanos();
                int room = gate.room(now, underWay);
                room = Math.min(room, Math.min(client.room(line), SETTLING_MAX - settling));
                if (room > 0) {
                    return Math.min(room, Ledger.RECEIVE_MAX);
                }
                long wait = gate.waitNanos(now);
                long _ =
                        changed.awaitNanos(
                                wait > 0 ? Math.min(wait, LOOK_AGAIN_NANOS) : LOOK_AGAIN_NANOS);
            }
            return 0;
        } finally {
            lock.unlock();
        }
    }

    private List<Message> receive(int most) throws InterruptedException {
        long begunNanos = clock.nanos();
        try {
            List<Message> messages = ledger.receive(most, RECEIVE_WAIT, lease);
            if (messages.isEmpty() && clock.nanos() - begunNanos < FAILURE_PAUSE_NANOS) {
                // A ledger that is closed waits for nothing.
                pause();
            }
            return messages;
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "push=waits " + source, e);
            pause();
            return List.of();
        }
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            long left = FAILURE_PAUSE_NANOS;
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Begins those that may begin: while they were waited for that may have changed.
    private void begin(List<Message> messages) throws InterruptedException {
        var left = new ArrayList<Receipt>();
        for (Message message : messages) {
            if (mayBegin(message)) {
                Thread _ = Thread.ofVirtual().name("sinew-push").start(() -> push(message));
            } else {
                left.add(message.receipt());
            }
        }
        if (!left.isEmpty()) {
            giveBack(left);
        }
    }

    private boolean mayBegin(Message message) {
        lock.lock();
        try {
            long now = clock.nanos();
            if (closing
                    || disabled
                    || gate.room(now, underWay) == 0
                    || !client.begin(line, sizeBytes(message))) {
                return false;
            }
            gate.begin(now);
            underWay++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static int sizeBytes(Message message) {
        byte[] value = message.value();
        return value == null ? 0 : value.length;
    }

    /// It is nothing that the messages did: no attempt is counted.
    private void giveBack(List<Receipt> receipts) throws InterruptedException {
        long waitNanos;
        lock.lock();
        try {
            returned += receipts.size();
            waitNanos = Math.max(0, gate.waitNanos(clock.nanos()));
        } finally {
            lock.unlock();
        }
        client.metrics().counter(PushMetric.RETURNED).add(receipts.size());
        try {
            var _ = ledger.settleAll(receipts, new Verdict.Returned(Duration.ofNanos(waitNanos)));
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "messages=not given back " + receipts, e);
        }
    }

    // ---- pushing

    private void push(Message message) {
        long begunNanos = clock.nanos();
        PushOutcome outcome = attempt(message);
        boolean first = note(outcome, clock.nanos() - begunNanos);
        try {
            var _ = ledger.settle(message.receipt(), verdict(message, outcome));
        } catch (SinewException e) {
            // Its lease will run out.
            LOGGER.log(System.Logger.Level.WARNING, "message=unsettled " + message.receipt(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            settled();
        }
        if (first) {
            // Now that this message is nobody's: whoever is told may close us.
            tell(outcome.cause());
        }
    }

    private PushOutcome attempt(Message message) {
        try {
            long nowMs = clock.nowMs();
            return line.post(WebhookRequest.of(source, message, settings.secrets(), nowMs), nowMs);
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.ERROR, "message=not sent " + message.receipt(), e);
            return new PushOutcome.Unanswered(PushTrouble.PROTOCOL, "it could not be sent: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new PushOutcome.Unanswered(PushTrouble.PROTOCOL, "it was interrupted");
        } finally {
            client.end(line, sizeBytes(message));
        }
    }

    private Verdict verdict(Message message, PushOutcome outcome) {
        return switch (outcome) {
            case PushOutcome.Delivered _ -> new Verdict.Done();
            case PushOutcome.Gone _ -> new Verdict.Returned(Duration.ZERO);
            case PushOutcome.Throttled _, PushOutcome.Refused _, PushOutcome.Unanswered _ -> {
                Duration wait =
                        settings.schedule()
                                .waitAfter(message.attempt(), WebhookRequest.idOf(source, message));
                Duration asked = outcome.askedWait().orElse(Duration.ZERO);
                yield new Verdict.Failed(
                        Optional.of(asked.compareTo(wait) > 0 ? asked : wait), outcome.cause());
            }
        };
    }

    /// @return whether the endpoint wants no more and did not say so before
    private boolean note(PushOutcome outcome, long tookNanos) {
        String label = label(outcome);
        client.metrics().counter(PushMetric.ATTEMPTS, label).increment();
        client.metrics().counter(PushMetric.SECONDS).add(tookNanos);
        lock.lock();
        try {
            underWay--;
            settling++;
            latencies.add(tookNanos);
            outcome.reason().ifPresent(trouble -> failed.merge(trouble, 1L, Long::sum));
            if (outcome instanceof PushOutcome.Delivered) {
                delivered++;
            } else {
                lastError = new PushStatus.Failure(clock.nowMs(), outcome.cause());
            }
            if (gate.ended(clock.nanos(), outcome)) {
                client.metrics().counter(PushMetric.OPENINGS).increment();
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "push=left alone " + source + ": " + outcome.cause());
            }
            boolean first = outcome instanceof PushOutcome.Gone && !disabled;
            disabled |= first;
            changed.signalAll();
            return first;
        } finally {
            lock.unlock();
        }
    }

    private static String label(PushOutcome outcome) {
        return switch (outcome) {
            case PushOutcome.Delivered _ -> "delivered";
            case PushOutcome.Gone _ -> "gone";
            case PushOutcome.Throttled _, PushOutcome.Refused _, PushOutcome.Unanswered _ ->
                    outcome.reason().map(PushTrouble::label).orElse("");
        };
    }

    private void tell(String reason) {
        try {
            listener.disabled(reason);
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "push=disabled, and nobody knows " + source, e);
        }
    }

    private void settled() {
        lock.lock();
        try {
            settling--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- for people

    /// How it is doing.
    public PushStatus status() {
        lock.lock();
        try {
            return new PushStatus(
                    state(),
                    delivered,
                    failed,
                    returned,
                    underWay,
                    Optional.ofNullable(lastError),
                    latencies.percentileMs(99));
        } finally {
            lock.unlock();
        }
    }

    private PushStatus.State state() {
        if (disabled) {
            return PushStatus.State.DISABLED;
        }
        return switch (gate.breaker(clock.nanos())) {
            case CLOSED -> PushStatus.State.WORKING;
            case OPEN -> PushStatus.State.LEFT_ALONE;
            case HALF_OPEN -> PushStatus.State.PROBING;
        };
    }

    /// Takes no more messages when this returns. Those that are at the endpoint may still be there.
    void takeNoMore() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Joins.all(List.of(taker));
    }

    /// Takes no more messages, and returns when those that are at the endpoint are dealt with,
    /// which takes no longer than an attempt may.
    @Override
    public void close() {
        takeNoMore();
        lock.lock();
        try {
            while (underWay + settling > 0) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        line.close();
    }
}
