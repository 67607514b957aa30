package io.sinew.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.LedgerSettings;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What senders and consumers do with a queue over HTTP. Part of [QueueRoutes].
final class QueueMessages {
    private final QueueRoutes routes;
    private final Supplier<byte[]> receiptKey;
    private final QueueDeliveries deliveries;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ReceiptCodec receipts;

    QueueMessages(QueueRoutes routes, HttpContents contents, Callers callers) {
        this.routes = routes;
        this.receiptKey = contents.receiptKey();
        this.deliveries = new QueueDeliveries(routes, this::receipts, contents.clock(), callers);
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

    /// A message, and what it was in JSON.
    private record Sending(JsonMembers json, NewMessage message) {}

    void send(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        List<Sent> sent;
        // The body counts until it is on the disk.
        try (RequestBodies.Body body =
                routes.bodies().read(request, HttpLimits.MESSAGES_BODY_BYTES)) {
            List<Sending> messages =
                    MessageJson.messages(JsonText.parse(body.bytes())).stream()
                            .map(json -> new Sending(json, MessageJson.message(json)))
                            .toList();
            sent = send(request, messages);
        }
        JsonAnswer.send(
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

    /// Any process can append to any partition, but only the one that has it knows the dedupe ids
    /// of its messages. So these go there, and with them, in their order, what else goes to that
    /// partition for sure.
    private List<Sent> send(ServerRequest request, List<Sending> messages)
            throws InterruptedException {
        Queue queue = routes.queue(QueueRoutes.name(request));
        // How full a partition is, is known where it is: it is not passed over while it is opened.
        var concerned = new TreeSet<Integer>(routes.inside(() -> routes.places().own(queue)));
        for (Sending sending : messages) {
            if (sending.message().dedupeId().isPresent()) {
                queue.partitionOf(sending.message()).ifPresent(concerned::add);
            }
        }
        Places places = routes.places().of(request, queue.info().name(), concerned);
        var parts = new LinkedHashMap<Optional<Peer>, List<Integer>>();
        for (int i = 0; i < messages.size(); i++) {
            OptionalInt partition = queue.partitionOf(messages.get(i).message());
            Optional<Peer> peer =
                    partition.isPresent() ? places.peer(partition.getAsInt()) : Optional.empty();
            parts.computeIfAbsent(peer, _ -> new ArrayList<>()).add(i);
        }
        List<Integer> here = parts.remove(Optional.<Peer>empty());
        var sent = new Sent[messages.size()];
        // Those first that may fail for more reasons.
        for (Map.Entry<Optional<Peer>, List<Integer>> part : parts.entrySet()) {
            List<Sending> theirs = part.getValue().stream().map(messages::get).toList();
            put(part.getValue(), forward(part.getKey().orElseThrow(), queue, theirs), sent);
        }
        if (here != null) {
            List<NewMessage> ours = here.stream().map(i -> messages.get(i).message()).toList();
            put(here, routes.inside(() -> places.queue().send(ours)), sent);
        }
        return List.of(sent);
    }

    private static <T> void put(List<Integer> indexes, List<T> values, T[] all) {
        for (int i = 0; i < values.size(); i++) {
            all[indexes.get(i)] = values.get(i);
        }
    }

    private List<Sent> forward(Peer peer, Queue queue, List<Sending> messages)
            throws InterruptedException {
        byte[] body =
                JsonText.write(json -> {
                    json.writeArrayPropertyStart("messages");
                    messages.forEach(one -> JsonText.write(json, one.json().given()));
                    json.writeEndArray();
                });
        var question = Peers.Question.post(queue.info().name(), "/messages", body);
        JsonMembers answer = routes.peers().askJson(peer, question);
        return Peers.listed(
                peer,
                answer,
                "sent",
                messages.size(),
                one ->
                        new Sent(
                                (int) one.number("partition", 0, Integer.MAX_VALUE).orElseThrow(),
                                one.number("offset", 0, Long.MAX_VALUE).orElseThrow(),
                                one.truth("duplicate")));
    }

    // ---- consumers

    void receive(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        deliveries.receive(request, response);
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
        long usualMs = routes.queue(QueueRoutes.name(request)).info().settings().leaseMs();
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

    /// Every receipt says in which partition its message is, and so whom it goes to.
    private void settle(
            ServerRequest request, ServerResponse response, List<String> texts, Verdict verdict)
            throws InterruptedException {
        String name = QueueRoutes.name(request);
        ReceiptCodec codec = receipts();
        List<Receipt> receipts = texts.stream().map(text -> codec.decode(name, text)).toList();
        var concerned = new TreeSet<Integer>();
        receipts.forEach(receipt -> concerned.add(receipt.partition()));
        Places places = routes.places().of(request, name, concerned);
        var parts = new LinkedHashMap<Optional<Peer>, List<Integer>>();
        for (int i = 0; i < receipts.size(); i++) {
            Optional<Peer> peer = places.peer(receipts.get(i).partition());
            parts.computeIfAbsent(peer, _ -> new ArrayList<>()).add(i);
        }
        var settled = new Settled[receipts.size()];
        for (Map.Entry<Optional<Peer>, List<Integer>> part : parts.entrySet()) {
            List<Integer> indexes = part.getValue();
            Optional<Peer> peer = part.getKey();
            if (peer.isPresent()) {
                List<String> theirs = indexes.stream().map(texts::get).toList();
                put(indexes, forward(peer.get(), name, theirs, verdict), settled);
            } else {
                List<Receipt> ours = indexes.stream().map(receipts::get).toList();
                Queue queue = places.queue();
                put(indexes, routes.inside(() -> queue.ledger().settleAll(ours, verdict)), settled);
            }
        }
        JsonAnswer.send(response, Status.OK_200, json -> write(json, texts, settled));
    }

    private static void write(JsonGenerator json, List<String> texts, Settled[] settled) {
        json.writeArrayPropertyStart("settled");
        for (int i = 0; i < settled.length; i++) {
            json.writeStartObject();
            json.writeStringProperty("receipt", texts.get(i));
            json.writeStringProperty("result", settled[i].name().toLowerCase(Locale.ROOT));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private List<Settled> forward(Peer peer, String queue, List<String> receipts, Verdict verdict)
            throws InterruptedException {
        String what =
                switch (verdict) {
                    case Verdict.Done() -> "/ack";
                    case Verdict.Failed _, Verdict.Returned _ -> "/nack";
                    case Verdict.Extended _ -> "/extend";
                    case Verdict.Rejected _ -> "/reject";
                };
        byte[] body =
                JsonText.write(json -> {
                    json.writeArrayPropertyStart("receipts");
                    receipts.forEach(json::writeString);
                    json.writeEndArray();
                    write(json, verdict);
                });
        JsonMembers answer = routes.peers().askJson(peer, Peers.Question.post(queue, what, body));
        return Peers.listed(
                peer,
                answer,
                "settled",
                receipts.size(),
                one -> Settled.valueOf(one.text("result").orElse("").toUpperCase(Locale.ROOT)));
    }

    /// What a route takes of a verdict beside the receipts.
    private static void write(JsonGenerator json, Verdict verdict) {
        switch (verdict) {
            case Verdict.Done() -> {}
            case Verdict.Failed(Optional<Duration> delay, String cause) -> {
                if (delay.isPresent()) {
                    json.writeNumberProperty("delayMs", delay.get().toMillis());
                }
                json.writeStringProperty("cause", cause);
            }
            case Verdict.Returned(Duration delay) -> {
                json.writeNumberProperty("delayMs", delay.toMillis());
                json.writeBooleanProperty("returned", true);
            }
            case Verdict.Extended(Duration lease) ->
                    json.writeNumberProperty("leaseMs", lease.toMillis());
            case Verdict.Rejected(String cause) -> json.writeStringProperty("cause", cause);
        }
    }
}
