package io.sinew.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.DeadLetters;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.Message;
import io.sinew.ledger.SeenMessage;
import io.sinew.queue.Queue;
import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What administrators do with the messages of a queue over HTTP: look at them, look at its dead
/// letters, send those again. Part of [QueueRoutes].
final class QueueLetters {
    private static final int BATCH = 100;
    private static final int LOOKED_AT_USUALLY = 10;
    private static final int REDRIVEN_USUALLY = 1_000;

    private final QueueRoutes routes;
    private final Clock clock;

    QueueLetters(QueueRoutes routes, Clock clock) {
        this.routes = routes;
        this.clock = clock;
    }

    void peek(ServerRequest request, ServerResponse response) throws InterruptedException {
        look(request, response, QueueRoutes.name(request));
    }

    void dead(ServerRequest request, ServerResponse response) throws InterruptedException {
        look(request, response, deadName(routes.queue(QueueRoutes.name(request))));
    }

    private static String deadName(Queue queue) {
        if (!queue.info().settings().deadLetters()) {
            throw new SinewException(
                    ErrorCode.QUEUE_NOT_FOUND,
                    "The queue '"
                            + queue.info().name()
                            + "' has no queue for dead letters (dead.letters=false): they stay in"
                            + " it, and peek shows them");
        }
        return queue.info().deadName();
    }

    private record Seen(int partition, SeenMessage message, Optional<StoredRecord> record) {}

    private void look(ServerRequest request, ServerResponse response, String name)
            throws InterruptedException {
        JsonMembers members = QueryMembers.of(request);
        int max = (int) members.number("max", 1, HttpLimits.LOOKED_AT).orElse(LOOKED_AT_USUALLY);
        members.requireNoMore("max");
        Places places = routes.places().all(request, name);
        List<Seen> here = routes.inside(() -> look(places, max));
        List<JsonMembers> there = look(places, max - here.size(), sizeBytes(here));
        QueueRoutes.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("messages");
                    for (Seen one : here) {
                        MessageJson.write(json, one.partition(), one.message(), one.record());
                    }
                    there.forEach(one -> JsonText.write(json, one.given()));
                    json.writeEndArray();
                });
    }

    private static long sizeBytes(List<Seen> seen) {
        return seen.stream().mapToLong(one -> sizeBytes(one.record())).sum();
    }

    private static int sizeBytes(Optional<StoredRecord> record) {
        return record.map(StoredRecord::sizeBytes).orElse(0);
    }

    /// The first messages of each partition that is here, as many as one answer holds.
    private static List<Seen> look(Places places, int max) throws InterruptedException {
        var seen = new ArrayList<Seen>();
        Ledger ledger = places.queue().ledger();
        long bytes = 0;
        for (int partition : places.here()) {
            for (SeenMessage message : ledger.look(partition, 0, max - seen.size())) {
                if (bytes >= HttpLimits.ANSWER_BYTES) {
                    return seen;
                }
                var record = ledger.record(partition, message.offset());
                bytes += sizeBytes(record);
                seen.add(new Seen(partition, message, record));
            }
            if (seen.size() >= max) {
                return seen;
            }
        }
        return seen;
    }

    /// The first messages of those that are with others, until there are enough.
    ///
    /// @param bytes that the answer has already
    private List<JsonMembers> look(Places places, int max, long bytes) throws InterruptedException {
        var seen = new ArrayList<JsonMembers>();
        long all = bytes;
        for (Peer peer : places.peers()) {
            if (seen.size() >= max || all >= HttpLimits.ANSWER_BYTES) {
                break;
            }
            String what = "/peek?max=" + (max - seen.size());
            var question = Peers.Question.get(places.queue().info().name(), what);
            byte[] answer = routes.peers().ask(peer, question);
            all += answer.length;
            seen.addAll(Peers.parsed(peer, answer).anyObjects("messages", max - seen.size()));
        }
        return seen;
    }

    // ---- sending again

    /// Which dead letters are sent again, how many, and how fast.
    ///
    /// @param header `name` and `value` of one that they have to have, or nothing
    private record Redrive(
            int max, int perSecond, Optional<String> reason, Optional<Header> header) {
        static Redrive of(JsonMembers members) {
            int max = (int) members.number("max", 1, HttpLimits.REDRIVE).orElse(REDRIVEN_USUALLY);
            int perSecond = (int) members.number("perSecond", 1, 1_000_000).orElse(0);
            Optional<String> reason = members.text("reason");
            Optional<String> header = members.text("headerName");
            Optional<String> value = members.text("headerValue");
            members.requireNoMore("max, perSecond, reason, headerName and headerValue");
            if (header.isPresent() != value.isPresent()) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "'headerName' and 'headerValue' belong together");
            }
            return new Redrive(
                    max, perSecond, reason, header.map(name -> Header.of(name, value.get())));
        }

        /// How many the next step takes at most.
        int step(int sent) {
            int batch = perSecond == 0 ? BATCH : Math.min(BATCH, perSecond);
            return Math.min(batch, max - sent);
        }

        boolean chooses(Message letter) {
            return matches(letter, Optional.of(DeadLetters.REASON), reason)
                    && matches(letter, header.map(Header::name), header.map(Header::text));
        }

        /// As the body of a request for some of them.
        byte[] json(int most) {
            return JsonText.write(json -> {
                json.writeNumberProperty("max", most);
                reason.ifPresent(text -> json.writeStringProperty("reason", text));
                if (header.isPresent()) {
                    json.writeStringProperty("headerName", header.get().name());
                    json.writeStringProperty("headerValue", header.get().text());
                }
            });
        }

        private static boolean matches(
                Message letter, Optional<String> name, Optional<String> wanted) {
            return wanted.isEmpty() || name.flatMap(letter::header).equals(wanted);
        }
    }

    void redrive(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        Redrive wanted = Redrive.of(routes.members(request));
        Queue to = routes.queue(QueueRoutes.name(request));
        Places from = routes.places().all(request, deadName(to));
        long endNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(HttpLimits.REDRIVE_MS);
        var sources = new ArrayDeque<Source>();
        sources.add(most -> routes.inside(() -> from.queue().redrive(to, most, wanted::chooses)));
        from.peers().forEach(peer -> sources.add(most -> redrive(peer, to, wanted.json(most))));
        int sent = 0;
        while (!sources.isEmpty() && sent < wanted.max() && clock.nanos() - endNanos < 0) {
            int most = wanted.step(sent);
            int more = sources.element().redrive(most);
            sent += more;
            if (more < most) {
                sources.remove();
            }
            if (wanted.perSecond() > 0) {
                long nanos = TimeUnit.SECONDS.toNanos(1) * more / wanted.perSecond();
                if (!routes.pause(nanos)) {
                    break;
                }
            }
        }
        int all = sent;
        boolean complete = sources.isEmpty() || sent >= wanted.max();
        QueueRoutes.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeNumberProperty("redriven", all);
                    json.writeBooleanProperty("complete", complete);
                });
    }

    /// Where dead letters are: here, or with another process.
    @FunctionalInterface
    private interface Source {
        /// Sends up to so many again.
        ///
        /// @return fewer when there are no more
        int redrive(int most) throws InterruptedException;
    }

    private int redrive(Peer peer, Queue to, byte[] body) throws InterruptedException {
        var question = Peers.Question.post(to.info().name(), "/redrive", body);
        JsonMembers answer = routes.peers().askJson(peer, question);
        try {
            return (int) answer.number("redriven", 0, HttpLimits.REDRIVE).orElseThrow();
        } catch (SinewException | NoSuchElementException e) {
            throw Peers.strange(peer, e);
        }
    }
}
