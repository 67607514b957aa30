package io.sinew.http;

import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.LedgerSettings;
import io.sinew.ledger.Message;
import io.sinew.ledger.Receipt;
import io.sinew.ledger.RetryPolicy;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.queue.NewMessage;
import io.sinew.queue.Queue;
import io.sinew.queue.Sent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What senders and consumers do with a queue over HTTP. Part of [QueueRoutes].
final class QueueMessages {
    private static final System.Logger LOGGER = System.getLogger(QueueMessages.class.getName());

    private final QueueRoutes routes;
    private final Supplier<byte[]> receiptKey;
    private final Clock clock;
    private final Callers callers;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ReceiptCodec receipts;

    QueueMessages(QueueRoutes routes, HttpContents contents, Callers callers) {
        this.routes = routes;
        this.receiptKey = contents.receiptKey();
        this.clock = contents.clock();
        this.callers = callers;
    }

    private ReceiptCodec receipts() {
        lock.lock();
        try {
            ReceiptCodec made = receipts;
            if (made == null) {
                made = new ReceiptCodec(receiptKey.get());
                receipts = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    // ---- senders

    void send(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        List<Sent> sent;
        // The body counts until it is on the disk.
        try (RequestBodies.Body body =
                routes.bodies().read(request, HttpLimits.MESSAGES_BODY_BYTES)) {
            List<NewMessage> messages = MessageJson.messages(JsonText.parse(body.bytes()));
            Queue queue = routes.served(QueueRoutes.name(request));
            sent = routes.inside(() -> queue.send(messages));
        }
        QueueRoutes.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("sent");
                    for (Sent one : sent) {
                        json.writeStartObject();
                        json.writeNumberProperty("partition", one.partition());
                        json.writeNumberProperty("offset", one.offset());
                        json.writeBooleanProperty("duplicate", one.duplicate());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    // ---- consumers

    /// What a consumer asks for.
    ///
    /// @param lease empty for the queue's own
    /// @param atMostOnce whether the messages are settled before they are given
    private record Wanted(
            String queue, int max, long waitMs, Optional<Duration> lease, boolean atMostOnce) {
        static Wanted of(String queue, JsonMembers members) {
            var wanted =
                    new Wanted(
                            queue,
                            (int) members.number("max", 1, Ledger.RECEIVE_MAX).orElse(1),
                            members.number("waitMs", 0, HttpLimits.WAIT_MS).orElse(0),
                            MessageJson.duration(
                                    members.number("leaseMs", 1, LedgerSettings.LEASE_MAX_MS)),
                            members.truth("atMostOnce"));
            members.requireNoMore("max, waitMs, leaseMs and atMostOnce");
            if (wanted.atMostOnce() && wanted.lease().isPresent()) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "What is received at most once is settled, and has no lease: leave out"
                                + " 'leaseMs'");
            }
            return wanted;
        }
    }

    void receive(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        String name = QueueRoutes.name(request);
        Wanted wanted = Wanted.of(name, routes.members(request));
        ReceiptCodec codec = receipts();
        List<Message> messages = await(wanted);
        if (wanted.atMostOnce()) {
            sendSettled(wanted, messages, response);
            return;
        }
        try {
            QueueRoutes.send(
                    response,
                    Status.OK_200,
                    json -> {
                        json.writeArrayPropertyStart("messages");
                        for (Message message : messages) {
                            String receipt = codec.encode(name, message.receipt());
                            MessageJson.write(json, message, Optional.of(receipt));
                        }
                        json.writeEndArray();
                    });
        } catch (RuntimeException e) {
            giveBack(name, messages);
            throw e;
        }
    }

    /// From the moment that they are settled they are the consumer's risk, and there are no
    /// receipts.
    private void sendSettled(Wanted wanted, List<Message> messages, ServerResponse response)
            throws InterruptedException {
        Queue queue = routes.served(wanted.queue());
        List<Message> settled = routes.inside(() -> queue.settledNow(messages));
        QueueRoutes.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("messages");
                    settled.forEach(message -> MessageJson.write(json, message, Optional.empty()));
                    json.writeEndArray();
                });
    }

    /// Waits in short steps, after each of which it looks whether the consumer is still there; also
    /// after the first, for the request may have lain here for longer than the consumer had
    /// patience.
    private List<Message> await(Wanted wanted) throws InterruptedException {
        long deadlineNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(wanted.waitMs());
        Duration step = Duration.ZERO;
        while (true) {
            List<Message> messages = take(wanted, step);
            if (!callers.isThere()) {
                giveBack(wanted.queue(), messages);
                throw new CloseConnectionException("the consumer has hung up");
            }
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - clock.nanos());
            if (!messages.isEmpty() || leftMs <= 0) {
                return messages;
            }
            step = Duration.ofMillis(Math.min(leftMs, HttpLimits.WATCH_MS));
        }
    }

    /// Takes what there is, until it is as much as was asked for or as much as one answer holds.
    private List<Message> take(Wanted wanted, Duration wait) throws InterruptedException {
        Queue queue = routes.served(wanted.queue());
        Duration lease =
                wanted.lease().orElse(Duration.ofMillis(queue.info().settings().leaseMs()));
        return routes.inside(() -> {
            var messages = new ArrayList<Message>();
            long bytes = 0;
            Duration first = wait;
            while (messages.size() < wanted.max() && bytes < HttpLimits.ANSWER_BYTES) {
                int most = Math.min(wanted.max() - messages.size(), HttpLimits.TAKEN_AT_ONCE);
                List<Message> more = queue.receive(most, first, lease);
                first = Duration.ZERO;
                messages.addAll(more);
                bytes += more.stream().mapToLong(QueueMessages::sizeBytes).sum();
                if (more.size() < most) {
                    break;
                }
            }
            return messages;
        });
    }

    private static long sizeBytes(Message message) {
        byte[] value = message.value();
        return value == null ? 0 : value.length;
    }

    /// Messages that their consumer does not know of are there for others at once. If it can't be
    /// done they are when their leases have run out.
    private void giveBack(String name, List<Message> messages) throws InterruptedException {
        if (messages.isEmpty()) {
            return;
        }
        try {
            List<Receipt> given = messages.stream().map(Message::receipt).toList();
            Queue queue = routes.served(name);
            var _ =
                    routes.inside(() ->
                            queue.ledger().settleAll(given, new Verdict.Returned(Duration.ZERO)));
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "messages=not given back, queue=" + name, e);
        }
    }

    void ack(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers members = routes.members(request, HttpLimits.MESSAGES_BODY_BYTES);
        List<String> texts = texts(members);
        members.requireNoMore("receipts");
        settle(request, response, texts, new Verdict.Done());
    }

    void nack(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers members = routes.members(request, HttpLimits.MESSAGES_BODY_BYTES);
        List<String> texts = texts(members);
        Optional<Duration> delay =
                MessageJson.duration(members.number("delayMs", 0, RetryPolicy.WAIT_MAX_MS));
        String cause = members.text("cause").orElse("");
        boolean returned = members.truth("returned");
        members.requireNoMore("receipts, delayMs, cause and returned");
        Verdict verdict =
                returned
                        ? new Verdict.Returned(delay.orElse(Duration.ZERO))
                        : new Verdict.Failed(delay, cause);
        settle(request, response, texts, verdict);
    }

    void extend(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers members = routes.members(request, HttpLimits.MESSAGES_BODY_BYTES);
        List<String> texts = texts(members);
        Optional<Duration> lease =
                MessageJson.duration(members.number("leaseMs", 1, LedgerSettings.LEASE_MAX_MS));
        members.requireNoMore("receipts and leaseMs");
        long usualMs = routes.served(QueueRoutes.name(request)).info().settings().leaseMs();
        Duration wanted = lease.orElse(Duration.ofMillis(usualMs));
        settle(request, response, texts, new Verdict.Extended(wanted));
    }

    void reject(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers members = routes.members(request, HttpLimits.MESSAGES_BODY_BYTES);
        List<String> texts = texts(members);
        String cause = members.text("cause").orElse("");
        members.requireNoMore("receipts and cause");
        settle(request, response, texts, new Verdict.Rejected(cause));
    }

    private static List<String> texts(JsonMembers members) {
        return members.listOfTexts("receipts", Ledger.RECEIVE_MAX);
    }

    private void settle(
            ServerRequest request, ServerResponse response, List<String> texts, Verdict verdict)
            throws InterruptedException {
        String name = QueueRoutes.name(request);
        ReceiptCodec codec = receipts();
        List<Receipt> receipts = texts.stream().map(text -> codec.decode(name, text)).toList();
        Queue queue = routes.served(name);
        List<Settled> settled = routes.inside(() -> queue.ledger().settleAll(receipts, verdict));
        QueueRoutes.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("settled");
                    for (int i = 0; i < settled.size(); i++) {
                        json.writeStartObject();
                        json.writeStringProperty("receipt", texts.get(i));
                        json.writeStringProperty(
                                "result", settled.get(i).name().toLowerCase(Locale.ROOT));
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }
}
