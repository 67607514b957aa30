package io.sinew.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
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
import io.sinew.http.Schema.Whole;
import io.sinew.http.Schema.Word;
import io.sinew.http.TopicAppends.Place;
import io.sinew.http.TopicRecordJson.Placed;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Records of topics in and out over HTTP. Part of [TopicRoutes].
final class TopicRecords {
    /// Which is not honoured, and must not look as if it were.
    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");

    private static final HeaderName NEXT_OFFSET = HeaderNames.create("Sinew-Next-Offset");

    /// Where each record went.
    static final Shape APPENDED =
            Shape.of(
                    "Appended",
                    Member.needed(
                            "appended",
                            Listed.of(
                                    Shape.of(
                                            "Place",
                                            Member.needed(
                                                    "partition", Whole.partition(), "Where it is"),
                                            Member.needed("offset", Whole.count(), "Where it is"))),
                            "In the order of the records"));

    static final Shape READ =
            Shape.of(
                    "Read",
                    Member.optional(
                            "offset", Word.any(), "A number, beginning or end; this or timeMs"),
                    Member.optional(
                            "timeMs", Whole.count(), "The first of that time or later, since 1970"),
                    Member.optional(
                            "partition",
                            Whole.partition(),
                            "Of which; needed if there are several"),
                    Member.optional(
                            "max", Whole.of(1, HttpLimits.RECORDS, 100), "How many at most"),
                    Member.optional(
                            "waitMs",
                            Whole.of(0, HttpLimits.WAIT_MS, 0),
                            "How long to wait while there are none, in ms"));

    static final Shape RECORDS =
            Shape.of(
                    "Records",
                    Member.needed("records", Listed.of(TopicRecordJson.RECORD), "In order"),
                    Member.needed("nextOffset", Whole.count(), "Where to go on"));

    private final TopicRoutes routes;
    private final RouteContext context;
    private final Engine engine;
    private final Clock clock;
    private final TailFeeds feeds;
    private final TopicAppends appends;

    TopicRecords(TopicRoutes routes, RouteContext context, TailFeeds feeds) {
        this.routes = routes;
        this.context = context;
        this.engine = context.contents().engine();
        this.clock = context.contents().clock();
        this.feeds = feeds;
        this.appends = new TopicAppends(engine, context.calls(), routes.counts());
    }

    // ---- in

    void append(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        refuseKey(request);
        // The body counts until it is on the disk.
        try (RequestBodies.Body body =
                context.bodies().read(request, HttpLimits.MESSAGES_BODY_BYTES)) {
            List<Placed> records = TopicRecordJson.records(body.bytes(), clock.nowMs());
            append(request, records, response);
        }
    }

    /// Appends, and answers with the places.
    void append(ServerRequest request, List<Placed> records, ServerResponse response)
            throws InterruptedException {
        String topic = TopicRoutes.name(request);
        context.calls()
                .run(() -> {
                    routes.guard().requireWritable(topic);
                    return true;
                });
        List<Place> places = records.isEmpty() ? List.of() : append(topic, records);
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("appended");
                    for (Place place : places) {
                        json.writeStartObject();
                        json.writeNumberProperty("partition", place.partition());
                        json.writeNumberProperty("offset", place.offset());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private List<Place> append(String topic, List<Placed> records) throws InterruptedException {
        try {
            return appends.append(topic, records);
        } catch (SinewException e) {
            if (e.code() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                routes.counts().forget(topic);
            }
            throw e;
        }
    }

    /// A request with a key may be made twice and count once, which nothing here sees to.
    static void refuseKey(ServerRequest request) {
        if (request.headers().contains(IDEMPOTENCY_KEY)) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "Idempotency-Key is not honoured for topics: leave it out, and let readers"
                            + " know doubles by an id of yours; or send to a queue with a"
                            + " 'dedupeId'");
        }
    }

    // ---- out

    /// What a reader asks for.
    ///
    /// @param from an offset, `beginning` or `end`; empty where a time is given
    private record Wanted(
            Optional<String> from, OptionalLong timeMs, int partition, int max, long waitMs) {
        static Wanted of(JsonMembers given, String topic, int count) {
            JsonMembers members = given.as(READ);
            Optional<String> from = members.word("offset");
            OptionalLong timeMs = members.number("timeMs");
            OptionalLong partition = members.number("partition");
            int max = (int) members.whole("max");
            long waitMs = members.whole("waitMs");
            if (from.isPresent() == timeMs.isPresent()) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "Say from where: 'offset' (a number, 'beginning' or 'end') or 'timeMs'");
            }
            if (partition.isEmpty() && count > 1) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "Say which 'partition': the topic has 0 to " + (count - 1));
            }
            int chosen = TopicCounts.require(topic, (int) partition.orElse(0), count);
            return new Wanted(from, timeMs, chosen, max, waitMs);
        }
    }

    void read(ServerRequest request, ServerResponse response) throws InterruptedException {
        String topic = TopicRoutes.name(request);
        JsonMembers members = QueryMembers.of(request);
        routes.guard().requireReadable(topic);
        int count = context.calls().run(() -> routes.counts().of(topic));
        Wanted wanted = Wanted.of(members, topic, count);
        var partition = new TopicPartition(topic, wanted.partition());
        long offset = context.calls().run(() -> offset(partition, wanted));
        Fetched found = await(partition, offset, wanted);
        if (CloudEventJson.isWanted(request)) {
            response.header(NEXT_OFFSET, Long.toString(found.nextOffset()));
            JsonAnswer.send(
                    response,
                    Status.OK_200,
                    CloudEventJson.BATCH_TYPE,
                    CloudEventJson.batch(found.records()));
            return;
        }
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("records");
                    for (StoredRecord record : found.records()) {
                        json.writeStartObject();
                        TopicRecordJson.write(json, wanted.partition(), record);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    json.writeNumberProperty("nextOffset", found.nextOffset());
                });
    }

    private long offset(TopicPartition partition, Wanted wanted) throws InterruptedException {
        if (wanted.timeMs().isPresent()) {
            OptionalLong at = engine.offsetAt(partition, wanted.timeMs().getAsLong());
            return at.isPresent() ? at.getAsLong() : engine.endOffset(partition);
        }
        String from = wanted.from().orElseThrow();
        return switch (from) {
            case "beginning" -> engine.startOffset(partition);
            case "end" -> engine.endOffset(partition);
            default -> {
                if (!from.matches("[0-9]{1,18}")) {
                    throw new SinewException(
                            ErrorCode.INVALID_REQUEST,
                            "'offset' is a number, 'beginning' or 'end'");
                }
                yield Long.parseLong(from);
            }
        };
    }

    /// Reads what there is. Whoever waits for more shares one reader of the partition with all who
    /// do, and is looked at now and then.
    private Fetched await(TopicPartition partition, long offset, Wanted wanted)
            throws InterruptedException {
        Fetched found = look(partition, offset, wanted);
        if (!found.records().isEmpty() || wanted.waitMs() == 0) {
            return found;
        }
        long deadlineNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(wanted.waitMs());
        try (TailFeed.Seat seat =
                feeds.seat(partition.topic(), new int[] {partition.partition()})) {
            while (true) {
                found = look(partition, found.nextOffset(), wanted);
                if (!context.callers().isThere()) {
                    throw new CloseConnectionException("the reader has hung up");
                }
                long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - clock.nanos());
                if (!found.records().isEmpty() || leftMs <= 0) {
                    return found;
                }
                if (seat.isOver()) {
                    return found;
                }
                seat.awaitBehind(
                        partition.partition(),
                        found.nextOffset(),
                        Math.min(leftMs, HttpLimits.WATCH_MS));
            }
        }
    }

    /// What there is, until it is as much as was asked for or as much as one answer holds.
    private Fetched look(TopicPartition partition, long offset, Wanted wanted)
            throws InterruptedException {
        var records = new ArrayList<StoredRecord>();
        long next = offset;
        long bytes = 0;
        while (records.size() < wanted.max() && bytes < HttpLimits.ANSWER_BYTES) {
            Fetched found = step(partition, next);
            int room = wanted.max() - records.size();
            boolean all = found.records().size() <= room;
            List<StoredRecord> some = all ? found.records() : found.records().subList(0, room);
            records.addAll(some);
            bytes += some.stream().mapToLong(StoredRecord::sizeBytes).sum();
            next = all ? found.nextOffset() : some.getLast().offset() + 1;
            if (some.isEmpty()) {
                break;
            }
        }
        return new Fetched(records, next);
    }

    private Fetched step(TopicPartition partition, long offset) throws InterruptedException {
        return context.calls()
                .run(() ->
                        engine.read(partition, offset, HttpLimits.READ_STEP_BYTES, Duration.ZERO));
    }
}
