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
import io.sinew.ledger.Verdict;
import io.sinew.queue.Queue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// How consumers get messages of a queue over HTTP: those of this process, or those of another that
/// has partitions of the queue. Part of [QueueRoutes].
final class QueueDeliveries {
    private static final System.Logger LOGGER = System.getLogger(QueueDeliveries.class.getName());

    private final QueueRoutes routes;
    private final Supplier<ReceiptCodec> receipts;
    private final Clock clock;
    private final Callers callers;
    private final AtomicInteger turn = new AtomicInteger();

    QueueDeliveries(
            QueueRoutes routes, Supplier<ReceiptCodec> receipts, Clock clock, Callers callers) {
        this.routes = routes;
        this.receipts = receipts;
        this.clock = clock;
        this.callers = callers;
    }

    /// What a consumer asks for.
    ///
    /// @param lease empty for the queue's own
    /// @param atMostOnce whether the messages are settled before they are given
    record Wanted(
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

    /// What there is for a consumer.
    private sealed interface Found {
        /// Messages of this process, or none at all.
        record Here(List<Message> messages) implements Found {}

        /// Messages of another process, some at least.
        record There(PeerPoll.Found found) implements Found {}
    }

    private static boolean isEmpty(Found found) {
        return found instanceof Found.Here(List<Message> messages) && messages.isEmpty();
    }

    void receive(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        Wanted wanted = Wanted.of(QueueRoutes.name(request), routes.members(request));
        // Before anything is taken: without it nothing can be given.
        ReceiptCodec codec = receipts.get();
        Found found = await(request, wanted);
        try {
            switch (found) {
                case Found.Here(List<Message> messages) -> send(wanted, messages, codec, response);
                case Found.There(PeerPoll.Found there) ->
                        JsonAnswer.send(
                                response,
                                Status.OK_200,
                                wanted.atMostOnce()
                                        ? PeerPoll.settled(routes.peers(), wanted.queue(), there)
                                        : there.answer());
            }
        } catch (RuntimeException e) {
            giveBack(wanted.queue(), found);
            throw e;
        }
    }

    /// What is received at most once is the consumer's risk from the moment that it is settled, and
    /// has no receipts.
    private void send(
            Wanted wanted, List<Message> messages, ReceiptCodec codec, ServerResponse response)
            throws InterruptedException {
        Queue queue = routes.queue(wanted.queue());
        List<Message> given =
                wanted.atMostOnce() ? routes.inside(() -> queue.settledNow(messages)) : messages;
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("messages");
                    for (Message message : given) {
                        Optional<String> receipt =
                                wanted.atMostOnce()
                                        ? Optional.empty()
                                        : Optional.of(
                                                codec.encode(wanted.queue(), message.receipt()));
                        MessageJson.write(json, message, receipt);
                    }
                    json.writeEndArray();
                });
    }

    /// Waits in short steps, after each of which it looks whether the consumer is still there; also
    /// after the first, for the request may have lain here for longer than the consumer had
    /// patience.
    private Found await(ServerRequest request, Wanted wanted) throws InterruptedException {
        long deadlineNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(wanted.waitMs());
        long stepMs = 0;
        while (true) {
            Places places = routes.places().all(request, wanted.queue());
            Found found = stepMs == 0 ? look(places, wanted) : await(places, wanted, stepMs);
            if (!callers.isThere()) {
                giveBack(wanted.queue(), found);
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
            Optional<PeerPoll.Found> found = PeerPoll.ask(routes.peers(), peer, wanted, 0);
            if (found.isPresent()) {
                return new Found.There(found.get());
            }
        }
        return new Found.Here(List.of());
    }

    /// What comes first, here or with any of the others.
    private Found await(Places places, Wanted wanted, long waitMs) throws InterruptedException {
        if (places.peers().isEmpty()) {
            return take(places, wanted, waitMs);
        }
        long endNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        try (var poll = PeerPoll.of(routes.peers(), places.peers(), wanted, waitMs)) {
            Found found = new Found.Here(List.of());
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
        Queue queue = places.queue();
        Duration lease =
                wanted.lease().orElse(Duration.ofMillis(queue.info().settings().leaseMs()));
        return routes.inside(() -> {
            var messages = new ArrayList<Message>();
            long bytes = 0;
            Duration first = Duration.ofMillis(waitMs);
            while (messages.size() < wanted.max() && bytes < HttpLimits.ANSWER_BYTES) {
                int most = Math.min(wanted.max() - messages.size(), HttpLimits.TAKEN_AT_ONCE);
                List<Message> more = queue.receive(most, first, lease);
                first = Duration.ZERO;
                messages.addAll(more);
                bytes += more.stream().mapToLong(QueueDeliveries::sizeBytes).sum();
                if (more.size() < most) {
                    break;
                }
            }
            return new Found.Here(messages);
        });
    }

    private static long sizeBytes(Message message) {
        byte[] value = message.value();
        return value == null ? 0 : value.length;
    }

    /// Messages that their consumer does not know of are there for others at once. If it can't be
    /// done they are when their leases have run out.
    private void giveBack(String name, Found found) throws InterruptedException {
        switch (found) {
            case Found.There(PeerPoll.Found there) ->
                    PeerPoll.giveBack(routes.peers(), name, there);
            case Found.Here(List<Message> messages) -> giveBack(name, messages);
        }
    }

    private void giveBack(String name, List<Message> messages) throws InterruptedException {
        if (messages.isEmpty()) {
            return;
        }
        try {
            List<Receipt> given = messages.stream().map(Message::receipt).toList();
            Queue queue = routes.queue(name);
            var _ =
                    routes.inside(() ->
                            queue.ledger().settleAll(given, new Verdict.Returned(Duration.ZERO)));
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "messages=not given back, queue=" + name, e);
        }
    }
}
