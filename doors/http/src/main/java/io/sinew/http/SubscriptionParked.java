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
import io.sinew.http.Schema.Truth;
import io.sinew.http.Schema.Whole;
import io.sinew.ledger.DoomedMessage;
import io.sinew.ledger.Ledger;
import io.sinew.topics.StoredRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/// The messages that a subscription delivers no more, over HTTP: to be looked at, tried again, or
/// forgotten. Part of [SubscriptionRoutes].
final class SubscriptionParked {
    private static final Member PARTITION =
            Member.needed("partition", Whole.partition(), "Where it is");
    private static final Member OFFSET = Member.needed("offset", Whole.count(), "Where it is");

    /// What [Place] writes.
    private static final Shape PLACE = Shape.of("MessagePlace", PARTITION, OFFSET);

    static final Shape LOOK =
            Shape.of(
                    "LookAtParked",
                    Member.optional(
                            "partition", Whole.of(0, Integer.MAX_VALUE, 0), "Where to begin"),
                    Member.optional("offset", Whole.of(0, Long.MAX_VALUE, 0), "Where to begin"),
                    Member.optional(
                            "max", Whole.of(1, HttpLimits.LOOKED_AT, 10), "How many at most"));

    static final Shape SEEN =
            Shape.of(
                    "ParkedMessages",
                    Member.needed("messages", Listed.of(SubscriptionJson.PARKED), "In order"),
                    Member.optional("next", PLACE, "Where there are more, if there are"));

    static final Shape CHOSEN =
            Shape.of(
                    "ParkedChosen",
                    Member.needed(
                            "messages", new Listed(PLACE, 1, Ledger.RECEIVE_MAX), "Which ones"));

    static final Shape ALL =
            Shape.of(
                    "ParkedAll",
                    Member.optional(
                            "withinMs",
                            Whole.of(1, HttpLimits.REDRIVE_MS, HttpLimits.REDRIVE_MS),
                            "When to answer, also if it is not done, in ms"));

    private static final Member COMPLETE =
            Member.needed("complete", new Truth(), "Whether it was done with all that were meant");

    static final Shape REDRIVEN =
            Shape.of(
                    "ParkedRedriven",
                    Member.needed("redriven", Whole.count(), "How many are tried again"),
                    COMPLETE);

    static final Shape DROPPED =
            Shape.of(
                    "ParkedDropped",
                    Member.needed("dropped", Whole.count(), "How many are forgotten"),
                    COMPLETE);

    private final SubscriptionRoutes routes;
    private final RouteContext context;
    private final Clock clock;

    SubscriptionParked(SubscriptionRoutes routes, RouteContext context) {
        this.routes = routes;
        this.context = context;
        this.clock = context.contents().clock();
    }

    /// Where a message is; in the order of partitions and offsets.
    private record Place(int partition, long offset) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparingInt(Place::partition).thenComparingLong(Place::offset);

        /// In an answer of another process.
        static Place of(JsonMembers members) {
            return new Place(
                    (int) members.number("partition", 0, Integer.MAX_VALUE).orElseThrow(),
                    members.number("offset", 0, Long.MAX_VALUE).orElseThrow());
        }

        /// By a request.
        static Place said(JsonMembers members) {
            return new Place((int) members.whole("partition"), members.whole("offset"));
        }

        void write(JsonGenerator json) {
            json.writeNumberProperty("partition", partition);
            json.writeNumberProperty("offset", offset);
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    // ---- looking

    /// A message as it is written into the answer, whoever has it.
    private record Seen(Place place, Writing writing) {}

    @FunctionalInterface
    private interface Writing {
        void to(JsonGenerator json);
    }

    /// What one process shows, in order.
    ///
    /// @param next where there are more, if there are
    private record Page(List<Seen> seen, Optional<Place> next) {}

    void look(ServerRequest request, ServerResponse response) throws InterruptedException {
        JsonMembers members = QueryMembers.of(request).as(LOOK);
        Place from = Place.said(members);
        int max = (int) members.whole("max");
        Places places = context.places().all(request, routes.lookup(request));
        var pages = new ArrayList<Page>();
        pages.add(context.calls().run(() -> look(places, from, max)));
        for (Peer peer : places.peers()) {
            pages.add(ask(peer, places.source(), from, max));
        }
        Page page = merged(pages, max);
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("messages");
                    page.seen().forEach(each -> each.writing().to(json));
                    json.writeEndArray();
                    page.next()
                            .ifPresent(next -> {
                                json.writeObjectPropertyStart("next");
                                next.write(json);
                                json.writeEndObject();
                            });
                });
    }

    /// The first of those that are here, as many as one answer holds.
    private static Page look(Places places, Place from, int max) throws InterruptedException {
        Ledger ledger = places.source().ledger();
        var seen = new ArrayList<Seen>();
        long bytes = 0;
        for (int partition : places.here().tailSet(from.partition())) {
            long first = partition == from.partition() ? from.offset() : 0;
            for (DoomedMessage why : ledger.doomed(partition, first, max - seen.size() + 1)) {
                var place = new Place(partition, why.offset());
                if (seen.size() == max || bytes >= HttpLimits.ANSWER_BYTES) {
                    return new Page(seen, Optional.of(place));
                }
                Optional<StoredRecord> record = ledger.record(partition, why.offset());
                bytes += record.map(StoredRecord::sizeBytes).orElse(0);
                seen.add(
                        new Seen(
                                place,
                                json -> SubscriptionJson.write(json, partition, why, record)));
            }
        }
        return new Page(seen, Optional.empty());
    }

    private Page ask(Peer peer, MessageSource source, Place from, int max)
            throws InterruptedException {
        String query =
                "/parked?partition="
                        + from.partition()
                        + "&offset="
                        + from.offset()
                        + "&max="
                        + max;
        JsonMembers answer =
                context.peers().askJson(peer, Peers.Question.get(source.path() + query));
        try {
            List<Seen> seen =
                    answer.anyObjects("messages", max).stream()
                            .map(each ->
                                    new Seen(
                                            Place.of(each),
                                            json -> JsonText.write(json, each.given())))
                            .toList();
            return new Page(seen, answer.object("next").map(Place::of));
        } catch (SinewException | NoSuchElementException e) {
            throw Peers.strange(peer, e);
        }
    }

    /// The first of all, without a gap: nothing from behind the place where one process stopped.
    private static Page merged(List<Page> pages, int max) {
        Optional<Place> end = pages.stream().flatMap(page -> page.next().stream()).min(Place.ORDER);
        List<Seen> sorted =
                pages.stream()
                        .flatMap(page -> page.seen().stream())
                        .sorted(Comparator.comparing(Seen::place))
                        .toList();
        List<Seen> first =
                sorted.stream()
                        .filter(seen -> end.isEmpty() || seen.place().compareTo(end.get()) < 0)
                        .limit(max)
                        .toList();
        Optional<Place> left = sorted.stream().skip(first.size()).map(Seen::place).findFirst();
        return new Page(first, Stream.concat(left.stream(), end.stream()).min(Place.ORDER));
    }

    // ---- trying again, and forgetting

    /// What is done with parked messages of a partition, here.
    ///
    /// @param path behind that of the subscription
    /// @param counted the member that says how many it was done with
    private record Deed(String path, String counted, Doing doing) {}

    @FunctionalInterface
    private interface Doing {
        void to(Ledger ledger, int partition, List<Long> offsets) throws InterruptedException;
    }

    /// @param complete whether it was done with all that were meant
    private record Done(long count, boolean complete) {
        Done and(Done other) {
            return new Done(count + other.count(), complete && other.complete());
        }
    }

    void redrive(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        act(request, response, new Deed("/redrive", "redriven", Ledger::redrive));
    }

    void drop(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        act(request, response, new Deed("/drop", "dropped", Ledger::drop));
    }

    private void act(ServerRequest request, ServerResponse response, Deed deed)
            throws InterruptedException, IOException {
        JsonMembers members = context.members(request);
        Done done =
                members.has("messages")
                        ? some(request, chosen(members.as(CHOSEN)), deed)
                        : all(request, members.as(ALL).whole("withinMs"), deed);
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeNumberProperty(deed.counted(), done.count());
                    json.writeBooleanProperty("complete", done.complete());
                });
    }

    private static List<Place> chosen(JsonMembers members) {
        var chosen = new TreeSet<Place>();
        for (JsonMembers each : members.objects("messages")) {
            if (!each.has("partition") || !each.has("offset")) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "Each of 'messages' has a 'partition' and an 'offset'");
            }
            chosen.add(Place.said(each));
        }
        return List.copyOf(chosen);
    }

    /// With those that are named, each where its partition is.
    private Done some(ServerRequest request, List<Place> chosen, Deed deed)
            throws InterruptedException {
        MessageSource.Lookup lookup = routes.lookup(request);
        MessageSource source = context.calls().run(lookup::find);
        var byPartition = new LinkedHashMap<Integer, List<Long>>();
        for (Place place : chosen) {
            if (place.partition() >= source.partitionCount()) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "There is no partition "
                                + place.partition()
                                + ": "
                                + source.title()
                                + " has 0 to "
                                + (source.partitionCount() - 1));
            }
            byPartition
                    .computeIfAbsent(place.partition(), _ -> new ArrayList<>())
                    .add(place.offset());
        }
        Places places = context.places().of(request, lookup, byPartition.keySet());
        var done = new Done(0, true);
        for (Peer peer : places.peers()) {
            Set<Integer> its = peer.partitions();
            byte[] body = JsonText.write(json -> write(json, byPartition, its::contains));
            done = done.and(ask(peer, source.path(), new Asked(deed, body, 0)));
        }
        for (Map.Entry<Integer, List<Long>> part : byPartition.entrySet()) {
            if (places.here().contains(part.getKey())) {
                Ledger ledger = places.source().ledger();
                long count =
                        context.calls()
                                .run(() -> act(ledger, part.getKey(), part.getValue(), deed));
                done = done.and(new Done(count, true));
            }
        }
        return done;
    }

    private static void write(
            JsonGenerator json, Map<Integer, List<Long>> byPartition, IntPredicate wanted) {
        json.writeArrayPropertyStart("messages");
        byPartition.forEach((partition, offsets) -> {
            if (wanted.test(partition)) {
                for (long offset : offsets) {
                    json.writeStartObject();
                    new Place(partition, offset).write(json);
                    json.writeEndObject();
                }
            }
        });
        json.writeEndArray();
    }

    /// @return how many of them were parked
    private static long act(Ledger ledger, int partition, List<Long> offsets, Deed deed)
            throws InterruptedException {
        List<Long> parked =
                offsets.stream()
                        .filter(offset ->
                                ledger.doomed(partition, offset, 1).stream()
                                        .anyMatch(why -> why.offset() == offset))
                        .toList();
        if (!parked.isEmpty()) {
            deed.doing().to(ledger, partition, parked);
        }
        return parked.size();
    }

    /// With all, here first, until the time is over, the caller has hung up, or the door closes.
    private Done all(ServerRequest request, long withinMs, Deed deed) throws InterruptedException {
        long endNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(withinMs);
        Places places = context.places().all(request, routes.lookup(request));
        var done = new Done(0, true);
        for (int partition : places.here()) {
            done = done.and(all(places.source().ledger(), partition, deed, endNanos));
        }
        for (Peer peer : places.peers()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(endNanos - clock.nanos());
            if (leftMs > 0 && context.callers().isThere()) {
                byte[] body = JsonText.write(json -> json.writeNumberProperty("withinMs", leftMs));
                done = done.and(ask(peer, places.source().path(), new Asked(deed, body, leftMs)));
            } else {
                done = done.and(new Done(0, false));
            }
        }
        return done;
    }

    /// In steps, in the order of the offsets: what is parked again meanwhile stays.
    private Done all(Ledger ledger, int partition, Deed deed, long endNanos)
            throws InterruptedException {
        long count = 0;
        long from = 0;
        while (clock.nanos() - endNanos < 0 && context.callers().isThere()) {
            long first = from;
            List<Long> offsets =
                    context.calls()
                            .run(() -> {
                                List<Long> step =
                                        ledger.doomed(partition, first, Ledger.RECEIVE_MAX).stream()
                                                .map(DoomedMessage::offset)
                                                .toList();
                                if (!step.isEmpty()) {
                                    deed.doing().to(ledger, partition, step);
                                }
                                return step;
                            });
            count += offsets.size();
            if (offsets.size() < Ledger.RECEIVE_MAX) {
                return new Done(count, true);
            }
            from = offsets.getLast() + 1;
        }
        return new Done(count, false);
    }

    private record Asked(Deed deed, byte[] body, long waitMs) {}

    private Done ask(Peer peer, String path, Asked asked) throws InterruptedException {
        String deedPath = path + asked.deed().path();
        var question = new Peers.Question("POST", deedPath, asked.body(), asked.waitMs());
        JsonMembers answer = context.peers().askJson(peer, question);
        try {
            return new Done(
                    answer.number(asked.deed().counted(), 0, Long.MAX_VALUE).orElseThrow(),
                    answer.truth("complete"));
        } catch (SinewException | NoSuchElementException e) {
            throw Peers.strange(peer, e);
        }
    }
}
