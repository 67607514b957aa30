package io.sinew.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.http.Schema.Listed;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Truth;
import io.sinew.http.Schema.Whole;
import io.sinew.queue.NewMessage;
import io.sinew.queue.Queue;
import io.sinew.queue.Sent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/// What senders do with a queue over HTTP. Part of [QueueRoutes].
final class QueueMessages {
    /// Where each message went.
    static final Shape SENT =
            Shape.of(
                    "Sent",
                    Member.needed(
                            "sent",
                            Listed.of(
                                    Shape.of(
                                            "SentMessage",
                                            Member.needed(
                                                    "partition", Whole.partition(), "Where it is"),
                                            Member.needed("offset", Whole.count(), "Where it is"),
                                            Member.needed(
                                                    "duplicate",
                                                    new Truth(),
                                                    "That it was sent before"))),
                            "In the order of the messages"));

    private final QueueRoutes routes;
    private final RouteContext context;

    QueueMessages(QueueRoutes routes, RouteContext context) {
        this.routes = routes;
        this.context = context;
    }

    /// A message, and what it was in JSON.
    private record Sending(JsonMembers json, NewMessage message) {}

    void send(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        List<Sent> sent;
        // The body counts until it is on the disk.
        try (RequestBodies.Body body =
                context.bodies().read(request, HttpLimits.MESSAGES_BODY_BYTES)) {
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
        var concerned =
                new TreeSet<Integer>(
                        context.calls().run(() -> context.places().own(MessageSource.of(queue))));
        for (Sending sending : messages) {
            if (sending.message().dedupeId().isPresent()) {
                queue.partitionOf(sending.message()).ifPresent(concerned::add);
            }
        }
        MessageSource.Lookup lookup = routes.lookup(queue.info().name());
        Places places = context.places().of(request, lookup, concerned);
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
            put(here, context.calls().run(() -> queue.send(ours)), sent);
        }
        return List.of(sent);
    }

    private static void put(List<Integer> indexes, List<Sent> values, Sent[] all) {
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
        var question = Peers.Question.post(MessageSource.of(queue).path() + "/messages", body);
        JsonMembers answer = context.peers().askJson(peer, question);
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
}
