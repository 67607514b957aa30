package io.sinew.http;

import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.TopicInfo;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JsonGenerator;

/// `/v1/topics`: topics, and what administrators do with them. Records go in and out by
/// [TopicRecords], events in by [CloudEventRecords], and what is written is followed by
/// [TopicTails]. Any door can answer all of it, on either engine. Each route with an example:
/// docs/http-api.md.
final class TopicRoutes implements RouteTable, AutoCloseable {
    /// Where they are.
    static final String ROOT = "/v1/topics";

    private static final String NAME = "topic";

    private final RouteContext context;
    private final Engine engine;
    private final TopicGuard guard;
    private final TopicCounts counts;
    private final TailFeeds feeds;
    private final TopicRecords records;
    private final CloudEventRecords events;
    private final TopicTails tails;

    TopicRoutes(RouteContext context) {
        this.context = context;
        this.engine = context.contents().engine();
        this.guard = new TopicGuard(context.contents());
        this.counts = new TopicCounts(engine, context.contents().clock());
        this.feeds = new TailFeeds(context, counts);
        this.records = new TopicRecords(this, context, feeds);
        this.events = new CloudEventRecords(context, records);
        this.tails = new TopicTails(this, context, feeds);
    }

    @Override
    public String name() {
        return "topics";
    }

    @Override
    public String root() {
        return ROOT;
    }

    @Override
    public List<Route> table() {
        String topic = ROOT + "/{" + NAME + "}";
        return List.of(
                new Route(Method.GET, ROOT, TopicOperations.LIST, this::list),
                new Route(Method.PUT, topic, TopicOperations.CREATE, this::create),
                new Route(Method.GET, topic, TopicOperations.DESCRIBE, this::describe),
                new Route(Method.POST, topic + "/records", TopicOperations.APPEND, records::append),
                new Route(Method.GET, topic + "/records", TopicOperations.READ, records::read),
                new Route(Method.GET, topic + "/tail", TopicOperations.TAIL, tails::tail),
                new Route(Method.POST, topic + "/events", TopicOperations.EVENTS, events::append),
                new Route(Method.DELETE, topic, TopicOperations.DELETE, this::delete));
    }

    /// Whether a request may have a body of records, which is larger than others.
    static boolean takesRecords(String path) {
        return path.startsWith(ROOT + "/")
                && (path.endsWith("/records") || path.endsWith("/events"));
    }

    // ---- what all routes have

    static String name(ServerRequest request) {
        return request.path().pathParameters().get(NAME);
    }

    TopicGuard guard() {
        return guard;
    }

    TopicCounts counts() {
        return counts;
    }

    // ---- administration

    private void list(ServerRequest request, ServerResponse response) throws InterruptedException {
        var topics = new TreeMap<String, Integer>();
        for (String name : new TreeSet<>(context.calls().run(engine::topicNames))) {
            try {
                topics.put(name, context.calls().run(() -> counts.of(name)));
            } catch (SinewException e) {
                // Deleted this moment, or one of Kafka's own.
                if (e.code() != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                    throw e;
                }
            }
        }
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("topics");
                    topics.forEach((name, partitions) -> {
                        json.writeStartObject();
                        json.writeStringProperty("name", name);
                        json.writeNumberProperty("partitions", partitions);
                        json.writeEndObject();
                    });
                    json.writeEndArray();
                });
    }

    private void create(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        String name = name(request);
        JsonMembers members = context.members(request).as(TopicOperations.NEW_TOPIC);
        int partitions = (int) members.whole("partitions");
        Map<String, String> settings = members.texts("settings");
        guard.requireReadable(name);
        TopicInfo info =
                context.calls()
                        .run(() -> {
                            guard.requireWritable(name);
                            engine.createTopic(name, partitions, settings);
                            return counts.info(name);
                        });
        JsonAnswer.send(response, Status.CREATED_201, json -> write(json, info));
    }

    private static void write(JsonGenerator json, TopicInfo info) {
        json.writeStringProperty("name", info.name());
        json.writeNumberProperty("partitions", info.partitionCount());
        json.writeObjectPropertyStart("settings");
        new TreeMap<>(info.settings()).forEach(json::writeStringProperty);
        json.writeEndObject();
    }

    /// Where a partition begins and ends.
    private record Span(long start, long end) {}

    private void describe(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        TopicInfo info = context.calls().run(() -> counts.info(name(request)));
        var spans = new ArrayList<Span>();
        for (int i = 0; i < info.partitionCount(); i++) {
            var partition = new TopicPartition(info.name(), i);
            spans.add(
                    context.calls()
                            .run(() ->
                                    new Span(
                                            engine.startOffset(partition),
                                            engine.endOffset(partition))));
        }
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    write(json, info);
                    json.writeArrayPropertyStart("offsets");
                    for (int i = 0; i < spans.size(); i++) {
                        json.writeStartObject();
                        json.writeNumberProperty("partition", i);
                        json.writeNumberProperty("start", spans.get(i).start());
                        json.writeNumberProperty("end", spans.get(i).end());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private void delete(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        String name = name(request);
        context.calls()
                .run(() -> {
                    guard.requireDeletable(name);
                    engine.deleteTopic(name);
                    return true;
                });
        counts.forget(name);
        response.status(Status.NO_CONTENT_204).send();
    }

    /// Partitions that are read for those who follow them.
    int followedPartitions() {
        return feeds.followedPartitions();
    }

    /// Ends all tails and waits.
    @Override
    public void close() {
        feeds.close();
    }
}
