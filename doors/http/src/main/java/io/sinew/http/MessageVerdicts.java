package io.sinew.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.http.Schema.Listed;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import io.sinew.http.Schema.Truth;
import io.sinew.http.Schema.Whole;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.LedgerSettings;
import io.sinew.ledger.Receipt;
import io.sinew.ledger.RetryPolicy;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.core.JsonGenerator;

/// What consumers say over HTTP of the messages that they have, each of which they name by its
/// receipt. Part of [MessageRoutes].
final class MessageVerdicts {
    private final RouteContext context;

    private static final Member RECEIPTS =
            Member.needed(
                    "receipts",
                    new Listed(Text.any(), 1, Ledger.RECEIVE_MAX),
                    "Of the messages, as they were given");
    private static final Member CAUSE =
            Member.optional("cause", Text.any(), "What whoever looks at it later sees");

    static final Shape ACK = Shape.of("Ack", RECEIPTS);
    static final Shape NACK =
            Shape.of(
                    "Nack",
                    RECEIPTS,
                    Member.optional(
                            "delayMs",
                            Whole.of(0, RetryPolicy.WAIT_MAX_MS),
                            "After how long they are tried again, in ms"),
                    CAUSE,
                    Member.optional(
                            "returned", new Truth(), "That it does not count as a failure"));
    static final Shape EXTEND =
            Shape.of(
                    "Extend",
                    RECEIPTS,
                    Member.optional(
                            "leaseMs",
                            Whole.of(1, LedgerSettings.LEASE_MAX_MS),
                            "For how long from now on, in ms"));
    static final Shape REJECT = Shape.of("Reject", RECEIPTS, CAUSE);

    /// What became of each.
    static final Shape SETTLED =
            Shape.of(
                    "Settled",
                    Member.needed(
                            "settled",
                            Listed.of(
                                    Shape.of(
                                            "SettledMessage",
                                            Member.needed("receipt", Text.any(), "Of the message"),
                                            Member.needed(
                                                    "result",
                                                    Text.of(Settled.values()),
                                                    "lost: the receipt came too late"))),
                            "In the order of the receipts"));

    MessageVerdicts(RouteContext context) {
        this.context = context;
    }

    /// What a consumer says, as it is read from a request.
    private record Said(List<String> receipts, Verdict verdict) {}

    void ack(ServerRequest request, ServerResponse response, MessageSource.Lookup lookup)
            throws InterruptedException, IOException {
        JsonMembers members = members(request).as(ACK);
        List<String> receipts = receipts(members);
        settle(request, response, lookup, new Said(receipts, new Verdict.Done()));
    }

    void nack(ServerRequest request, ServerResponse response, MessageSource.Lookup lookup)
            throws InterruptedException, IOException {
        JsonMembers members = members(request).as(NACK);
        List<String> receipts = receipts(members);
        Optional<Duration> delay = MessageJson.duration(members.number("delayMs"));
        String cause = members.text("cause").orElse("");
        boolean returned = members.truth("returned");
        Verdict verdict =
                returned
                        ? new Verdict.Returned(delay.orElse(Duration.ZERO))
                        : new Verdict.Failed(delay, cause);
        settle(request, response, lookup, new Said(receipts, verdict));
    }

    void extend(ServerRequest request, ServerResponse response, MessageSource.Lookup lookup)
            throws InterruptedException, IOException {
        JsonMembers members = members(request).as(EXTEND);
        List<String> receipts = receipts(members);
        Optional<Duration> lease = MessageJson.duration(members.number("leaseMs"));
        long usualMs = context.calls().run(lookup::find).leaseMs();
        Duration wanted = lease.orElse(Duration.ofMillis(usualMs));
        settle(request, response, lookup, new Said(receipts, new Verdict.Extended(wanted)));
    }

    void reject(ServerRequest request, ServerResponse response, MessageSource.Lookup lookup)
            throws InterruptedException, IOException {
        JsonMembers members = members(request).as(REJECT);
        List<String> receipts = receipts(members);
        String cause = members.text("cause").orElse("");
        settle(request, response, lookup, new Said(receipts, new Verdict.Rejected(cause)));
    }

    private JsonMembers members(ServerRequest request) throws IOException {
        return context.bodies().members(request, HttpLimits.MESSAGES_BODY_BYTES);
    }

    private static List<String> receipts(JsonMembers members) {
        return members.listOfTexts("receipts");
    }

    /// Every receipt says in which partition its message is, and so whom it goes to.
    private void settle(
            ServerRequest request, ServerResponse response, MessageSource.Lookup lookup, Said said)
            throws InterruptedException {
        MessageSource source = context.calls().run(lookup::find);
        ReceiptCodec codec = context.receipts().get();
        List<String> texts = said.receipts();
        List<Receipt> receipts = texts.stream().map(text -> codec.decode(source, text)).toList();
        var concerned = new TreeSet<Integer>();
        receipts.forEach(receipt -> concerned.add(receipt.partition()));
        Places places = context.places().of(request, lookup, concerned);
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
                put(
                        indexes,
                        forward(peer.get(), source, new Said(theirs, said.verdict())),
                        settled);
            } else {
                List<Receipt> ours = indexes.stream().map(receipts::get).toList();
                Ledger ledger = places.source().ledger();
                put(
                        indexes,
                        context.calls().run(() -> ledger.settleAll(ours, said.verdict())),
                        settled);
            }
        }
        JsonAnswer.send(response, Status.OK_200, json -> write(json, texts, settled));
    }

    private static void put(List<Integer> indexes, List<Settled> values, Settled[] all) {
        for (int i = 0; i < values.size(); i++) {
            all[indexes.get(i)] = values.get(i);
        }
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

    private List<Settled> forward(Peer peer, MessageSource source, Said said)
            throws InterruptedException {
        String what =
                switch (said.verdict()) {
                    case Verdict.Done() -> "/ack";
                    case Verdict.Failed _, Verdict.Returned _ -> "/nack";
                    case Verdict.Extended _ -> "/extend";
                    case Verdict.Rejected _ -> "/reject";
                };
        byte[] body =
                JsonText.write(json -> {
                    json.writeArrayPropertyStart("receipts");
                    said.receipts().forEach(json::writeString);
                    json.writeEndArray();
                    write(json, said.verdict());
                });
        var question = Peers.Question.post(source.path() + what, body);
        JsonMembers answer = context.peers().askJson(peer, question);
        return Peers.listed(
                peer,
                answer,
                "settled",
                said.receipts().size(),
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
