package io.sinew.http;

import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.pubsub.Filter;
import io.sinew.pubsub.PreviewedRecord;
import io.sinew.pubsub.PushSettings;
import io.sinew.pubsub.StartPosition;
import io.sinew.pubsub.Subscription;
import io.sinew.pubsub.SubscriptionInfo;
import io.sinew.pubsub.SubscriptionSettings;
import io.sinew.pubsub.Subscriptions;
import io.sinew.topics.Engine;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `/v1/topics/{topic}/subscriptions`: what many readers of a topic have each for itself, and what
/// administrators do with it. What consumers do is in [MessageRoutes], parked messages are in
/// [SubscriptionParked]. Each route with an example: docs/http-api.md.
final class SubscriptionRoutes implements RouteTable {
    private static final String TOPIC = "topic";
    private static final String NAME = "subscription";
    private static final String BELOW_TOPIC = "/subscriptions";
    private static final String PREVIEW = "/preview";

    private final RouteContext context;
    private final TopicRoutes topics;
    private final Engine engine;
    private final Subscriptions subscriptions;
    private final MessageRoutes both;
    private final SubscriptionParked parked;

    /// @param topics whose subscriptions they are
    SubscriptionRoutes(RouteContext context, TopicRoutes topics) {
        this.context = context;
        this.topics = topics;
        this.engine = context.contents().engine();
        this.subscriptions = context.contents().subscriptions();
        this.both =
                new MessageRoutes(
                        context,
                        new MessageOperations("Subscription", ErrorCode.SUBSCRIPTION_NOT_FOUND),
                        this::lookup);
        this.parked = new SubscriptionParked(this, context);
    }

    @Override
    public String name() {
        return "subscriptions";
    }

    @Override
    public String root() {
        return TopicRoutes.ROOT;
    }

    @Override
    public List<Route> table() {
        String topic = TopicRoutes.ROOT + "/{" + TOPIC + "}";
        String all = topic + BELOW_TOPIC;
        String one = all + "/{" + NAME + "}";
        var table = new ArrayList<Route>();
        table.add(
                new Route(
                        Method.POST,
                        topic + PREVIEW,
                        SubscriptionOperations.PREVIEW,
                        this::preview));
        table.add(new Route(Method.GET, all, SubscriptionOperations.LIST, this::list));
        table.add(new Route(Method.PUT, one, SubscriptionOperations.CREATE, this::create));
        table.add(new Route(Method.GET, one, SubscriptionOperations.DESCRIBE, this::describe));
        table.addAll(both.table(one));
        table.add(
                new Route(
                        Method.PUT,
                        one + "/push",
                        SubscriptionOperations.CHANGE_PUSH,
                        this::changePush));
        table.add(
                new Route(
                        Method.DELETE,
                        one + "/push",
                        SubscriptionOperations.END_PUSH,
                        this::endPush));
        table.add(new Route(Method.POST, one + "/seek", SubscriptionOperations.SEEK, this::seek));
        table.add(
                new Route(
                        Method.GET, one + "/parked", SubscriptionOperations.PARKED, parked::look));
        table.add(
                new Route(
                        Method.POST,
                        one + "/redrive",
                        SubscriptionOperations.REDRIVE,
                        parked::redrive));
        table.add(new Route(Method.POST, one + "/drop", SubscriptionOperations.DROP, parked::drop));
        table.add(new Route(Method.DELETE, one, SubscriptionOperations.DELETE, this::delete));
        return List.copyOf(table);
    }

    /// Whether a request may have a body with a filter, which is larger than others.
    static boolean takesFilter(String path) {
        return path.startsWith(TopicRoutes.ROOT + "/")
                && (path.contains(BELOW_TOPIC + "/") || path.endsWith(PREVIEW));
    }

    // ---- what all routes have

    private static String topic(ServerRequest request) {
        return request.path().pathParameters().get(TOPIC);
    }

    private static String name(ServerRequest request) {
        return request.path().pathParameters().get(NAME);
    }

    /// @throws SinewException `SUBSCRIPTION_NOT_FOUND`
    MessageSource.Lookup lookup(ServerRequest request) {
        return lookup(topic(request), name(request));
    }

    private MessageSource.Lookup lookup(String topic, String name) {
        return () -> source(subscriptions.subscription(topic, name));
    }

    /// Its receipts are for its ledger, which no later one of the same name has. A topic may have
    /// got more partitions than it had when the subscription was made.
    private MessageSource source(Subscription subscription) throws InterruptedException {
        SubscriptionInfo info = subscription.info();
        return new MessageSource(
                "the subscription '" + info.name() + "' to '" + info.topic() + "'",
                subscription.ledger().name(),
                TopicRoutes.ROOT
                        + "/"
                        + MessageSource.encoded(info.topic())
                        + BELOW_TOPIC
                        + "/"
                        + MessageSource.encoded(info.name()),
                MessageSource.PARKED,
                topics.counts().of(info.ledgerTopic()),
                info.settings().leaseMs(),
                subscription.ledger());
    }

    // ---- administration

    private void list(ServerRequest request, ServerResponse response) throws InterruptedException {
        JsonMembers members = QueryMembers.of(request).as(SubscriptionOperations.LISTED);
        boolean counted = members.truth("counts");
        String topic = topic(request);
        List<SubscriptionInfo> infos = context.calls().run(() -> subscriptions.list(topic));
        if (infos.isEmpty()) {
            var _ = context.calls().run(() -> topics.counts().of(topic));
        }
        var states = new ArrayList<SourceStatus>();
        if (counted) {
            for (SubscriptionInfo info : infos) {
                states.add(both.state(context.places().all(request, lookup(topic, info.name()))));
            }
        }
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("subscriptions");
                    for (int i = 0; i < infos.size(); i++) {
                        json.writeStartObject();
                        SubscriptionJson.write(json, infos.get(i));
                        if (counted) {
                            states.get(i).write(json, MessageSource.PARKED);
                        }
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private void create(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers members = filterMembers(request).as(SubscriptionOperations.NEW_SUBSCRIPTION);
        Filter filter = SubscriptionJson.filter(members);
        StartPosition start = StartPosition.parse(members.word("start").orElseThrow());
        Map<String, String> texts = members.texts("settings");
        Optional<PushSettings> push = SubscriptionJson.push(members);
        SubscriptionSettings settings = SubscriptionSettings.defaults().with(texts);
        String topic = topic(request);
        SubscriptionInfo info =
                context.calls()
                        .run(() -> {
                            topics.guard().requireWritable(topic);
                            return subscriptions.create(
                                    topic, name(request), filter, start, settings, push);
                        });
        JsonAnswer.send(
                response, Status.CREATED_201, json -> SubscriptionJson.writeCreated(json, info));
    }

    private void changePush(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        PushSettings push =
                SubscriptionJson.push(context.members(request).as(SubscriptionOperations.PUSHING))
                        .orElseThrow(() ->
                                new SinewException(
                                        ErrorCode.INVALID_REQUEST,
                                        "Say where to: {\"push\": {\"url\": \"https://…\"}}"));
        SubscriptionInfo info = withPush(request, Optional.of(push));
        JsonAnswer.send(response, Status.OK_200, json -> SubscriptionJson.writeCreated(json, info));
    }

    private void endPush(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        var _ = withPush(request, Optional.empty());
        response.status(Status.NO_CONTENT_204).send();
    }

    /// Other processes see within a second that it is another.
    private SubscriptionInfo withPush(ServerRequest request, Optional<PushSettings> push)
            throws InterruptedException {
        return context.calls()
                .run(() -> subscriptions.changePush(topic(request), name(request), push));
    }

    /// Of a body that may have a filter in it.
    private JsonMembers filterMembers(ServerRequest request) throws IOException {
        return context.bodies()
                .members(request, HttpLimits.FILTER_BODY_BYTES, SubscriptionJson.FILTER);
    }

    private void describe(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        SubscriptionInfo info =
                context.calls().run(() -> subscriptions.info(topic(request), name(request)));
        SourceStatus state = both.state(context.places().all(request, lookup(request)));
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    SubscriptionJson.write(json, info);
                    subscriptions
                            .pushStatus(info)
                            .ifPresent(status -> SubscriptionJson.write(json, status));
                    state.write(json, MessageSource.PARKED);
                });
    }

    /// Other processes see within a second that it is gone.
    private void delete(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        context.calls()
                .run(() -> {
                    subscriptions.delete(topic(request), name(request));
                    return true;
                });
        response.status(Status.NO_CONTENT_204).send();
    }

    private void seek(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers members = context.members(request).as(SubscriptionOperations.SEEKING);
        String to =
                members.word("to")
                        .orElseThrow(() ->
                                new SinewException(
                                        ErrorCode.INVALID_REQUEST,
                                        "Say where 'to': end, beginning, an offset, or a time such"
                                                + " as 2026-11-29T12:00:00Z"));
        StartPosition position = StartPosition.parse(to);
        String topic = topic(request);
        Places all = context.places().all(request, lookup(request));
        both.everywhere(
                all,
                "/seek",
                JsonText.write(json -> json.writeStringProperty("to", to)),
                (ledger, partition) ->
                        ledger.seek(
                                partition,
                                position.in(engine, new TopicPartition(topic, partition))));
        response.status(Status.NO_CONTENT_204).send();
    }

    // ---- without a subscription

    private void preview(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers members = filterMembers(request).as(SubscriptionOperations.PREVIEWING);
        Filter filter = SubscriptionJson.filter(members);
        int last = (int) members.whole("last");
        String topic = topic(request);
        topics.guard().requireReadable(topic);
        List<PreviewedRecord> previewed =
                context.calls().run(() -> subscriptions.preview(topic, filter, last));
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeNumberProperty(
                            "matched", previewed.stream().filter(PreviewedRecord::matches).count());
                    json.writeArrayPropertyStart("records");
                    for (PreviewedRecord each : previewed) {
                        json.writeStartObject();
                        json.writeBooleanProperty("matches", each.matches());
                        TopicRecordJson.write(json, each.partition(), each.record());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }
}
