package io.sinew.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import io.sinew.http.Schema.Whole;
import io.sinew.http.Schema.Word;
import io.sinew.topics.Engine;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Topics as they are written, as server-sent events (WHATWG HTML). Part of [TopicRoutes].
final class TopicTails {
    private static final System.Logger LOGGER = System.getLogger(TopicTails.class.getName());

    /// What a browser sends that comes back.
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");

    /// So that nginx hands on what it gets as it comes.
    private static final HeaderName BUFFERING = HeaderNames.create("X-Accel-Buffering");

    static final Shape TAIL =
            Shape.of(
                    "Tail",
                    Member.optional(
                            "partition", Word.any(), "Or several, with commas between; else all"),
                    Member.optional(
                            "from",
                            new Text(List.of("end", "beginning"), Optional.of("end")),
                            "Where it begins; one of this and the next two"),
                    Member.optional("timeMs", Whole.count(), "Begins at a time, since 1970"),
                    Member.optional("after", Word.any(), "Begins behind the event of that id"));

    static final Member LAST_EVENT =
            Member.optional(
                    "Last-Event-ID",
                    Text.any(),
                    "As after, which it is stronger than; a browser's");

    private final TopicRoutes routes;
    private final RouteContext context;
    private final Engine engine;
    private final TailFeeds feeds;

    TopicTails(TopicRoutes routes, RouteContext context, TailFeeds feeds) {
        this.routes = routes;
        this.context = context;
        this.engine = context.contents().engine();
        this.feeds = feeds;
    }

    /// Where a tail begins.
    private sealed interface From {
        record Beginning() implements From {}

        record End() implements From {}

        record Time(long ms) implements From {}

        /// Behind an event. A partition that its id does not name has come since.
        record Event(String id) implements From {}
    }

    private static From from(ServerRequest request, JsonMembers members) {
        long ways = Stream.of("from", "timeMs", "after").filter(members::has).count();
        Optional<String> from = members.text("from");
        OptionalLong timeMs = members.number("timeMs");
        Optional<String> after = members.word("after");
        Optional<String> last =
                request.headers().contains(LAST_EVENT_ID)
                        ? Optional.of(request.headers().get(LAST_EVENT_ID).get())
                        : Optional.empty();
        if (ways > 1) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "Say one of 'from', 'timeMs' and 'after'");
        }
        // Whoever comes back asks as the first time, with the header besides.
        if (last.isPresent() && !last.get().isEmpty()) {
            return new From.Event(last.get());
        }
        if (after.isPresent()) {
            return new From.Event(after.get());
        }
        if (timeMs.isPresent()) {
            return new From.Time(timeMs.getAsLong());
        }
        return switch (from.orElseThrow()) {
            case "end" -> new From.End();
            case "beginning" -> new From.Beginning();
            default ->
                    throw new SinewException(
                            ErrorCode.INVALID_REQUEST, "'from' is 'end' or 'beginning'");
        };
    }

    private static int[] partitions(Optional<String> text, String topic, int count) {
        if (text.isEmpty()) {
            if (count > HttpLimits.TAIL_PARTITIONS) {
                throw tooMany(count);
            }
            return IntStream.range(0, count).toArray();
        }
        if (!text.get().matches("[0-9]{1,6}(,[0-9]{1,6})*")) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "'partition' is a number, or several with commas between them");
        }
        var partitions = new TreeSet<Integer>();
        for (String part : text.get().split(",", -1)) {
            partitions.add(TopicCounts.require(topic, Integer.parseInt(part), count));
        }
        if (partitions.size() > HttpLimits.TAIL_PARTITIONS) {
            throw tooMany(partitions.size());
        }
        return partitions.stream().mapToInt(Integer::intValue).toArray();
    }

    private static SinewException tooMany(int count) {
        return new SinewException(
                ErrorCode.INVALID_REQUEST,
                "A tail has up to "
                        + HttpLimits.TAIL_PARTITIONS
                        + " partitions, not "
                        + count
                        + ": name some with 'partition'");
    }

    void tail(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        String topic = TopicRoutes.name(request);
        routes.guard().requireReadable(topic);
        int count = context.calls().run(() -> routes.counts().of(topic));
        JsonMembers members = QueryMembers.of(request).as(TAIL);
        int[] partitions = partitions(members.word("partition"), topic, count);
        From from = from(request, members);
        try (TailFeed.Seat seat = feeds.seat(topic, partitions)) {
            TailPositions own = begin(topic, seat, from);
            response.header(HeaderNames.CONTENT_TYPE, "text/event-stream")
                    .header(HeaderNames.CACHE_CONTROL, "no-store")
                    .header(BUFFERING, "no");
            try (OutputStream out = response.outputStream()) {
                new Tail(feeds, seat, context.callers(), topic, own, out).run();
            }
        } catch (SinewException e) {
            if (!response.isSent()) {
                throw e;
            }
            LOGGER.log(System.Logger.Level.DEBUG, () -> "tail=ended topic=" + topic, e);
        } catch (IOException | UncheckedIOException | ServerConnectionException e) {
            throw new CloseConnectionException("the client has gone", e);
        }
    }

    private TailPositions begin(String topic, TailFeed.Seat seat, From from)
            throws InterruptedException {
        TailPositions own = TailPositions.none(seat.count());
        TailPositions known =
                from instanceof From.Event(String id) ? TailPositions.parse(id, seat.count()) : own;
        for (int i : seat.partitions()) {
            var partition = new TopicPartition(topic, i);
            long named = known.of(i);
            own.put(i, context.calls().run(() -> begin(partition, from, named)));
        }
        return own;
    }

    private long begin(TopicPartition partition, From from, long named)
            throws InterruptedException {
        return switch (from) {
            case From.Beginning() -> engine.startOffset(partition);
            case From.End() -> engine.endOffset(partition);
            case From.Time(long ms) -> {
                OptionalLong at = engine.offsetAt(partition, ms);
                yield at.isPresent() ? at.getAsLong() : engine.endOffset(partition);
            }
            case From.Event(String id) -> {
                if (named == TailPositions.NONE) {
                    yield engine.startOffset(partition);
                }
                long end = engine.endOffset(partition);
                if (named > end) {
                    throw new SinewException(
                            ErrorCode.OFFSET_OUT_OF_RANGE,
                            "'"
                                    + id
                                    + "' is behind the end of "
                                    + partition
                                    + ", which is "
                                    + end
                                    + ": it is the id of another topic of that name");
                }
                yield named;
            }
        };
    }
}
