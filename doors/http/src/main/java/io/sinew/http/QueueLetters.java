package io.sinew.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.Schema.Listed;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import io.sinew.http.Schema.Truth;
import io.sinew.http.Schema.Whole;
import io.sinew.ledger.DeadReason;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.SeenMessage;
import io.sinew.queue.LetterFilter;
import io.sinew.queue.Queue;
import io.sinew.queue.Redrive;
import io.sinew.topics.StoredRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What administrators do with the messages of a queue over HTTP: look at them, look at its dead
/// letters, send those again. Part of [QueueRoutes].
final class QueueLetters {
    static final Shape LOOK =
            Shape.of(
                    "Look",
                    Member.optional(
                            "max", Whole.of(1, HttpLimits.LOOKED_AT, 10), "How many at most"));

    static final Shape SEEN =
            Shape.of(
                    "SeenMessages",
                    Member.needed(
                            "messages", Listed.of(MessageJson.SEEN), "The first ones, in order"));

    /// What is said to send several again.
    static final Shape REDRIVE =
            Shape.of(
                    "Redrive",
                    Member.optional(
                            "max", Whole.of(1, HttpLimits.REDRIVE, 1_000), "How many at most"),
                    Member.optional(
                            "perSecond", Whole.of(1, 1_000_000), "How many a second at most"),
                    Member.optional(
                            "reason", Text.of(DeadReason.values()), "Only those dead for this"),
                    Member.optional(
                            "headerName",
                            Text.any(),
                            "Only those with this header, and headerValue"),
                    Member.optional("headerValue", Text.any(), "What that header says"),
                    Member.optional("group", Text.any(), "Only those of this ordered group"),
                    Member.optional("dryRun", new Truth(), "Only to count them"),
                    Member.optional("from", Text.any(), "Where to go on: an answer's next"),
                    Member.optional(
                            "withinMs",
                            Whole.of(1, HttpLimits.REDRIVE_MS, HttpLimits.REDRIVE_MS),
                            "When to answer, also if it is not done, in ms"));

    /// What is said to send one again.
    static final Shape REDRIVE_ONE =
            Shape.of(
                    "RedriveOne",
                    Member.needed("partition", Whole.partition(), "Of the dead letter"),
                    Member.needed("offset", Whole.count(), "Of the dead letter"));

    static final Shape REDRIVEN =
            Shape.of(
                    "Redriven",
                    Member.needed("redriven", Whole.count(), "How many were sent"),
                    Member.needed("complete", new Truth(), "Whether all were that were meant"),
                    Member.optional("next", Text.any(), "Where there may be more, as from"));

    private final QueueRoutes routes;
    private final RouteContext context;
    private final Clock clock;
    private final Callers callers;

    QueueLetters(QueueRoutes routes, RouteContext context) {
        this.routes = routes;
        this.context = context;
        this.clock = context.contents().clock();
        this.callers = context.callers();
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
        JsonMembers members = QueryMembers.of(request).as(LOOK);
        int max = (int) members.whole("max");
        Places places = context.places().all(request, routes.lookup(name));
        List<Seen> here = context.calls().run(() -> look(places, max));
        List<JsonMembers> there = look(places, max - here.size(), sizeBytes(here));
        JsonAnswer.send(
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
        Ledger ledger = places.source().ledger();
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
            String path = places.source().path() + "/peek?max=" + (max - seen.size());
            var question = Peers.Question.get(path);
            byte[] answer = context.peers().ask(peer, question);
            all += answer.length;
            seen.addAll(Peers.parsed(peer, answer).anyObjects("messages", max - seen.size()));
        }
        return seen;
    }

    // ---- sending again

    void redrive(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers given = context.members(request);
        Queue to = routes.queue(QueueRoutes.name(request));
        if (given.has("partition") || given.has("offset")) {
            redriveOne(request, to, given.as(REDRIVE_ONE), response);
            return;
        }
        JsonMembers members = given.as(REDRIVE);
        long withinMs = members.whole("withinMs");
        Redrive.Options options = options(members);
        Places from = context.places().all(request, routes.lookup(deadName(to)));
        Redriven all = redrive(from, to, members, options, withinMs);
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeNumberProperty("redriven", all.sent());
                    json.writeBooleanProperty("complete", all.complete());
                    all.next().ifPresent(place -> json.writeStringProperty("next", place.text()));
                });
    }

    /// What became of it, here or everywhere.
    ///
    /// @param complete whether all that were meant were sent
    /// @param next where another request can go on; empty when nothing is left to look at
    private record Redriven(long sent, boolean complete, Optional<Redrive.Place> next) {
        /// With what became of it elsewhere. Who goes on begins with the first place that is left:
        /// what was sent from behind it is gone from there.
        Redriven and(Redriven other) {
            Optional<Redrive.Place> first =
                    Stream.concat(next.stream(), other.next().stream())
                            .min(
                                    Comparator.comparingInt(Redrive.Place::partition)
                                            .thenComparingLong(Redrive.Place::offset));
            return new Redriven(sent + other.sent(), complete && other.complete(), first);
        }
    }

    /// Here first, then with each of the others, as long as there is time.
    private Redriven redrive(
            Places from, Queue to, JsonMembers members, Redrive.Options options, long withinMs)
            throws InterruptedException {
        long endNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(withinMs);
        // One beginning for all: what dies again meanwhile is not sent twice.
        Redrive.Place begin =
                options.from().orElseGet(() -> new Redrive.Place(0, 0, clock.nowMs()));
        Queue dead = routes.queue(deadName(to));
        Redrive here = dead.redrive(to, options.goingOnFrom(begin), from.here());
        boolean complete = run(here, endNanos);
        var all = new Redriven(here.sent(), complete, here.rest());
        for (Peer peer : from.peers()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(endNanos - clock.nanos());
            long left = options.most() - all.sent();
            if (left > 0 && leftMs > 0 && callers.isThere()) {
                all = all.and(ask(peer, to, members, begin, left, leftMs));
            } else {
                all = all.and(new Redriven(0, left == 0, Optional.of(begin)));
            }
        }
        return all;
    }

    private Redriven ask(
            Peer peer, Queue to, JsonMembers members, Redrive.Place begin, long most, long withinMs)
            throws InterruptedException {
        var body = new LinkedHashMap<String, @Nullable Object>(members.given());
        body.put("from", begin.text());
        body.put("max", most);
        body.put("withinMs", withinMs);
        String path = MessageSource.of(to).path() + "/redrive";
        byte[] text = JsonText.write(json -> JsonText.writeMembers(json, body));
        var question = new Peers.Question("POST", path, text, withinMs);
        JsonMembers answer = context.peers().askJson(peer, question);
        try {
            return new Redriven(
                    answer.number("redriven", 0, HttpLimits.REDRIVE).orElseThrow(),
                    answer.truth("complete"),
                    answer.text("next").map(Redrive.Place::parse));
        } catch (SinewException | NoSuchElementException e) {
            throw Peers.strange(peer, e);
        }
    }

    private void redriveOne(
            ServerRequest request, Queue to, JsonMembers members, ServerResponse response)
            throws InterruptedException {
        byte[] body = JsonText.write(json -> JsonText.writeMembers(json, members.given()));
        OptionalLong partition = members.number("partition");
        OptionalLong offset = members.number("offset");
        requireTogether("partition", partition.isPresent(), "offset", offset.isPresent());
        String dead = deadName(to);
        int number = (int) partition.getAsLong();
        if (number >= routes.queue(dead).info().partitionCount()) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "'" + dead + "' has no partition " + number);
        }
        Places places = context.places().of(request, routes.lookup(dead), Set.of(number));
        Optional<Peer> peer = places.peer(number);
        if (peer.isPresent()) {
            var question = Peers.Question.post(MessageSource.of(to).path() + "/redrive", body);
            JsonAnswer.send(response, Status.OK_200, context.peers().ask(peer.get(), question));
            return;
        }
        Queue letters = routes.queue(dead);
        boolean sent =
                context.calls().run(() -> letters.redriveOne(to, number, offset.getAsLong()));
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeNumberProperty("redriven", sent ? 1 : 0);
                    json.writeBooleanProperty("complete", true);
                });
    }

    private static void requireTogether(String one, boolean isOne, String two, boolean isTwo) {
        if (isOne != isTwo) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "'" + one + "' and '" + two + "' belong together");
        }
    }

    /// Which dead letters are sent again, how many, and how fast.
    private static Redrive.Options options(JsonMembers members) {
        LetterFilter which = LetterFilter.all();
        Optional<String> reason = members.text("reason");
        if (reason.isPresent()) {
            which = which.withReason(reason.get());
        }
        Optional<String> header = members.text("headerName");
        Optional<String> value = members.text("headerValue");
        requireTogether("headerName", header.isPresent(), "headerValue", value.isPresent());
        if (header.isPresent() && value.isPresent()) {
            which = which.withHeader(header.get(), value.get());
        }
        Optional<String> group = members.text("group");
        if (group.isPresent()) {
            which = which.withGroup(group.get());
        }
        return new Redrive.Options(
                which,
                members.whole("max"),
                (int) members.number("perSecond").orElse(0),
                members.truth("dryRun"),
                members.text("from").map(Redrive.Place::parse));
    }

    /// Does it until it is done, the time is over, the caller has hung up, or the door closes.
    ///
    /// @return whether it is done
    private boolean run(Redrive redrive, long endNanos) throws InterruptedException {
        Redrive.Step step = context.calls().run(redrive::step);
        while (!step.complete() && clock.nanos() - endNanos < 0 && callers.isThere()) {
            if (step.waitNanos() > 0) {
                long watchNanos = TimeUnit.MILLISECONDS.toNanos(HttpLimits.WATCH_MS);
                if (!context.calls().pause(Math.min(step.waitNanos(), watchNanos))) {
                    return false;
                }
            }
            step = context.calls().run(redrive::step);
        }
        return step.complete();
    }
}
