package io.sinew.http;

import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.Schema.Listed;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Truth;
import io.sinew.http.Schema.Whole;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.LedgerSettings;
import io.sinew.ledger.Message;
import io.sinew.ledger.Receipt;
import io.sinew.ledger.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// How consumers get messages of a queue or a subscription over HTTP: those of this process, or
/// those of another that has partitions of it. Part of [MessageRoutes].
final class MessageDeliveries {
    private static final System.Logger LOGGER = System.getLogger(MessageDeliveries.class.getName());

    /// What a consumer may ask for.
    static final Shape RECEIVE =
            Shape.of(
                    "Receive",
                    Member.optional("max", Whole.of(1, Ledger.RECEIVE_MAX, 1), "How many at most"),
                    Member.optional(
                            "waitMs",
                            Whole.of(0, HttpLimits.WAIT_MS, 0),
                            "How long to wait while there are none, in ms"),
                    Member.optional(
                            "leaseMs",
                            Whole.of(1, LedgerSettings.LEASE_MAX_MS),
                            "In place of the usual lease, in ms"),
                    Member.optional(
                            "atMostOnce",
                            new Truth(),
                            "That they are settled before they are given"));

    static final Shape GIVEN =
            Shape.of(
                    "Messages",
                    Member.needed(
                            "messages",
                            Listed.of(MessageJson.GIVEN),
                            "None when the wait is over"));

    private final RouteContext context;
    private final Clock clock;
    private final AtomicInteger turn = new AtomicInteger();

    MessageDeliveries(RouteContext context) {
        this.context = context;
        this.clock = context.contents().clock();
    }

    /// What a consumer asks for.
    ///
    /// @param lease empty for the usual one
    /// @param atMostOnce whether the messages are settled before they are given
    record Wanted(int max, long waitMs, Optional<Duration> lease, boolean atMostOnce) {
        static Wanted of(JsonMembers given) {
            JsonMembers members = given.as(RECEIVE);
            var wanted =
                    new Wanted(
                            (int) members.whole("max"),
                            members.whole("waitMs"),
                            MessageJson.duration(members.number("leaseMs")),
                            members.truth("atMostOnce"));
            if (wanted.atMostOnce() && wanted.lease().isPresent()) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "What is received at most once is settled, and has no lease: leave out"
                                + " 'leaseMs'");
            }
            return wanted;
        }
    }

    /// What there is for a consumer.
    private sealed interface Found {
        /// Messages of this process, or none at all.
        record Here(MessageSource source, List<Message> messages) implements Found {}

        /// Messages of another process, some at least.
        record There(PeerPoll.Found found) implements Found {}
    }

    private static boolean isEmpty(Found found) {
        return found instanceof Found.Here here && here.messages().isEmpty();
    }

    void receive(ServerRequest request, ServerResponse response, MessageSource.Lookup lookup)
            throws InterruptedException, IOException {
        Wanted wanted = Wanted.of(context.members(request));
        // Before anything is taken: without it nothing can be given.
        ReceiptCodec codec = context.receipts().get();
        Found found = await(request, lookup, wanted);
        try {
            switch (found) {
                case Found.Here here -> send(wanted, here, codec, response);
                case Found.There(PeerPoll.Found there) ->
                        JsonAnswer.send(
                                response,
                                Status.OK_200,
                                wanted.atMostOnce()
                                        ? PeerPoll.settled(context.peers(), there)
                                        : there.answer());
            }
        } catch (RuntimeException e) {
            giveBack(found);
            throw e;
        }
    }

    /// What is received at most once is the consumer's risk from the moment that it is settled, and
    /// has no receipts.
    private void send(Wanted wanted, Found.Here here, ReceiptCodec codec, ServerResponse response)
            throws InterruptedException {
        MessageSource source = here.source();
        List<Message> given =
                wanted.atMostOnce()
                        ? context.calls().run(() -> source.ledger().settledNow(here.messages()))
                        : here.messages();
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("messages");
                    for (Message message : given) {
                        Optional<String> receipt =
                                wanted.atMostOnce()
                                        ? Optional.empty()
                                        : Optional.of(codec.encode(source, message.receipt()));
                        MessageJson.write(json, message, receipt);
                    }
                    json.writeEndArray();
                });
    }

    /// Waits in short steps, after each of which it looks whether the consumer is still there; also
    /// after the first, for the request may have lain here for longer than the consumer had
    /// patience.
    private Found await(ServerRequest request, MessageSource.Lookup lookup, Wanted wanted)
            throws InterruptedException {
        long deadlineNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(wanted.waitMs());
        long stepMs = 0;
        while (true) {
            Places places = context.places().all(request, lookup);
            Found found = stepMs == 0 ? look(places, wanted) : await(places, wanted, stepMs);
            if (!context.callers().isThere()) {
                giveBack(found);
                throw new CloseConnectionException("the consumer has hung up");
            }
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - clock.nanos());
            if (!isEmpty(found) || leftMs <= 0) {
                return found;
            }
            stepMs = Math.min(leftMs, HttpLimits.WATCH_MS);
        }
    }

    /// What there is now: here, then with each of the others; now and then the other way round.
    private Found look(Places places, Wanted wanted) throws InterruptedException {
        int number = turn.getAndIncrement();
        boolean othersFirst =
                !places.peers().isEmpty() && Math.floorMod(number, HttpLimits.PEER_TURN) == 0;
        Found found = othersFirst ? ask(places, wanted, number) : take(places, wanted, 0);
        if (isEmpty(found)) {
            found = othersFirst ? take(places, wanted, 0) : ask(places, wanted, number);
        }
        return found;
    }

    private Found ask(Places places, Wanted wanted, int number) throws InterruptedException {
        var order = new ArrayList<>(places.peers());
        Collections.rotate(order, number);
        for (Peer peer : order) {
            Optional<PeerPoll.Found> found =
                    PeerPoll.ask(context.peers(), peer, places.source().path(), wanted, 0);
            if (found.isPresent()) {
                return new Found.There(found.get());
            }
        }
        return new Found.Here(places.source(), List.of());
    }

    /// What comes first, here or with any of the others.
    private Found await(Places places, Wanted wanted, long waitMs) throws InterruptedException {
        if (places.peers().isEmpty()) {
            return take(places, wanted, waitMs);
        }
        long endNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        try (var poll = PeerPoll.of(context.peers(), places, wanted, waitMs)) {
            Found found = new Found.Here(places.source(), List.of());
            while (isEmpty(found) && clock.nanos() - endNanos < 0) {
                Found here = take(places, wanted, HttpLimits.PEER_LOOK_MS);
                found =
                        isEmpty(here)
                                ? poll.taken().<Found>map(Found.There::new).orElse(here)
                                : here;
            }
            return found;
        }
    }

    /// Takes what there is here, until it is as much as was asked for or as much as one answer
    /// holds.
    private Found take(Places places, Wanted wanted, long waitMs) throws InterruptedException {
        MessageSource source = places.source();
        Duration lease = wanted.lease().orElse(Duration.ofMillis(source.leaseMs()));
        return context.calls()
                .run(() -> {
                    var messages = new ArrayList<Message>();
                    long bytes = 0;
                    Duration first = Duration.ofMillis(waitMs);
                    while (messages.size() < wanted.max() && bytes < HttpLimits.ANSWER_BYTES) {
                        int most =
                                Math.min(wanted.max() - messages.size(), HttpLimits.TAKEN_AT_ONCE);
                        List<Message> more = source.ledger().receive(most, first, lease);
                        first = Duration.ZERO;
                        messages.addAll(more);
                        bytes += more.stream().mapToLong(MessageDeliveries::sizeBytes).sum();
                        if (more.size() < most) {
                            break;
                        }
                    }
                    return new Found.Here(source, messages);
                });
    }

    private static long sizeBytes(Message message) {
        byte[] value = message.value();
        return value == null ? 0 : value.length;
    }

    /// Messages that their consumer does not know of are there for others at once. If it can't be
    /// done they are when their leases have run out.
    private void giveBack(Found found) throws InterruptedException {
        switch (found) {
            case Found.There(PeerPoll.Found there) -> PeerPoll.giveBack(context.peers(), there);
            case Found.Here(MessageSource source, List<Message> messages) ->
                    giveBack(source, messages);
        }
    }

    private void giveBack(MessageSource source, List<Message> messages)
            throws InterruptedException {
        if (messages.isEmpty()) {
            return;
        }
        try {
            List<Receipt> given = messages.stream().map(Message::receipt).toList();
            var returned = new Verdict.Returned(Duration.ZERO);
            var _ = context.calls().run(() -> source.ledger().settleAll(given, returned));
        } catch (SinewException e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    () -> "messages=not given back, path=" + source.path(),
                    e);
        }
    }
}
