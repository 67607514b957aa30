package io.sinew.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.LedgerCounts;
import io.sinew.queue.Queue;
import io.sinew.queue.QueueInfo;
import io.sinew.queue.QueueSettings;
import io.sinew.queue.Queues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// `/v1/queues`: work queues, and what administrators do with them. What senders and consumers do
/// is in [QueueMessages]. Each route with an example: docs/http-api.md.
final class QueueRoutes implements HttpService, AutoCloseable {
    /// Where they are.
    static final String ROOT = "/v1/queues";

    private static final System.Logger LOGGER = System.getLogger(QueueRoutes.class.getName());
    private static final String NAME = "queue";
    private static final long SERVE_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Queues queues;
    private final EngineCalls engine = new EngineCalls();
    private final RequestBodies bodies = new RequestBodies();
    private final int bodyBytes;
    private final QueueMessages messages;
    private final QueueLetters letters;

    QueueRoutes(HttpContents contents, Callers callers, HttpLimits limits) {
        this.queues = contents.queues();
        this.bodyBytes = limits.maxBodyBytes();
        this.messages = new QueueMessages(this, contents, callers);
        this.letters = new QueueLetters(this, contents.clock(), callers);
    }

    /// Answers a request, or is refused.
    @FunctionalInterface
    interface Answer {
        void to(ServerRequest request, ServerResponse response)
                throws InterruptedException, IOException;
    }

    /// A route.
    ///
    /// @param path below [#ROOT]
    record Route(Method method, String path, Answer answer) {
        @Override
        public String toString() {
            return method.text() + " " + ROOT + path;
        }
    }

    /// All routes, in the order of their documentation.
    List<Route> table() {
        return List.of(
                new Route(Method.GET, "", this::list),
                new Route(Method.PUT, "/{queue}", this::create),
                new Route(Method.GET, "/{queue}", this::describe),
                new Route(Method.POST, "/{queue}/messages", messages::send),
                new Route(Method.POST, "/{queue}/receive", messages::receive),
                new Route(Method.POST, "/{queue}/ack", messages::ack),
                new Route(Method.POST, "/{queue}/nack", messages::nack),
                new Route(Method.POST, "/{queue}/extend", messages::extend),
                new Route(Method.POST, "/{queue}/reject", messages::reject),
                new Route(Method.POST, "/{queue}/pause", (in, out) -> pause(in, out, true)),
                new Route(Method.POST, "/{queue}/resume", (in, out) -> pause(in, out, false)),
                new Route(Method.POST, "/{queue}/purge", this::purge),
                new Route(Method.GET, "/{queue}/peek", letters::peek),
                new Route(Method.GET, "/{queue}/dead", letters::dead),
                new Route(Method.POST, "/{queue}/redrive", letters::redrive),
                new Route(Method.DELETE, "/{queue}", this::delete));
    }

    @Override
    public void routing(HttpRules rules) {
        var methods = new LinkedHashMap<String, Set<String>>();
        for (Route route : table()) {
            String path = route.path().isEmpty() ? "/" : route.path();
            rules.route(route.method(), path, (in, out) -> answer(route.answer(), in, out));
            methods.computeIfAbsent(path, _ -> new LinkedHashSet<>()).add(route.method().text());
        }
        methods.forEach((path, allowed) ->
                rules.any(path, Problem.methodNotAllowed(String.join(", ", allowed))));
    }

    private static void answer(Answer answer, ServerRequest request, ServerResponse response)
            throws IOException {
        try {
            answer.to(request, response);
        } catch (SinewException e) {
            Problem.send(response, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("the door closes", e);
        } catch (CloseConnectionException | UncheckedIOException e) {
            throw e;
        } catch (RuntimeException e) {
            // Helidon would answer, and tell nobody.
            LOGGER.log(System.Logger.Level.ERROR, "request=failed", e);
            if (response.isSent()) {
                throw new CloseConnectionException("the answer is broken off", e);
            }
            Problem.send(
                    response,
                    new SinewException(
                            ErrorCode.INTERNAL_ERROR,
                            "This is a defect; the server's log has more."));
        }
    }

    /// Whether a request may have a body of messages, which is larger than others.
    static boolean takesMessages(String path) {
        return path.startsWith(ROOT + "/") && path.endsWith("/messages");
    }

    // ---- what all routes have

    static String name(ServerRequest request) {
        return request.path().pathParameters().get(NAME);
    }

    /// Does something inside the engine.
    <T> T inside(EngineCalls.Call<T> call) throws InterruptedException {
        return engine.run(call);
    }

    /// Waits outside of the engine.
    ///
    /// @return false when the door closes
    boolean pause(long nanos) throws InterruptedException {
        return engine.pause(nanos);
    }

    /// The queue of that name, when all its partitions are served, which the first request waits
    /// for.
    ///
    /// @throws SinewException `QUEUE_NOT_FOUND`; `NOT_OWNER` when it takes too long
    Queue served(String name) throws InterruptedException {
        long steps = TimeUnit.MILLISECONDS.toNanos(HttpLimits.SERVE_MS) / SERVE_STEP_NANOS;
        for (long i = 0; i < steps; i++) {
            Queue queue = inside(() -> queues.queue(name));
            if (queue.ledger().partitions().size() == queue.info().partitionCount()) {
                return queue;
            }
            if (!pause(SERVE_STEP_NANOS)) {
                break;
            }
        }
        throw new SinewException(
                ErrorCode.NOT_OWNER,
                "Not all partitions of '" + name + "' are served yet. Try again");
    }

    /// The members of a request's body and of its query together; none when it has neither.
    JsonMembers members(ServerRequest request, int mostBytes) throws IOException {
        try (RequestBodies.Body body = bodies.read(request, mostBytes)) {
            byte[] bytes = body.bytes();
            return bytes.length == 0 ? QueryMembers.of(request) : JsonText.parse(bytes);
        }
    }

    /// As [#members(ServerRequest, int)], for bodies without messages.
    JsonMembers members(ServerRequest request) throws IOException {
        return members(request, bodyBytes);
    }

    RequestBodies bodies() {
        return bodies;
    }

    static void send(ServerResponse response, Status status, Consumer<JsonGenerator> members) {
        response.status(status)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .send(JsonText.write(members));
    }

    // ---- administration

    private void list(ServerRequest request, ServerResponse response) throws InterruptedException {
        JsonMembers members = QueryMembers.of(request);
        boolean counted = members.truth("counts");
        members.requireNoMore("counts");
        List<QueueInfo> infos = List.copyOf(inside(queues::list));
        var states = new ArrayList<QueueState>();
        if (counted) {
            for (QueueInfo info : infos) {
                states.add(state(served(info.name())));
            }
        }
        send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("queues");
                    for (int i = 0; i < infos.size(); i++) {
                        json.writeStartObject();
                        write(json, infos.get(i));
                        if (counted) {
                            write(json, states.get(i));
                        }
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private void create(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers members = members(request);
        int partitions = (int) members.number("partitions", 1, Queues.PARTITIONS_MAX).orElse(1);
        Map<String, String> settings = members.texts("settings");
        members.requireNoMore("partitions and settings");
        QueueInfo info =
                inside(() ->
                        queues.create(
                                name(request),
                                partitions,
                                QueueSettings.defaults().with(settings)));
        send(response, Status.CREATED_201, json -> write(json, info));
    }

    private void describe(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        Queue queue = served(name(request));
        QueueState state = state(queue);
        send(
                response,
                Status.OK_200,
                json -> {
                    write(json, queue.info());
                    write(json, state);
                });
    }

    private void delete(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        inside(() -> {
            queues.delete(name(request));
            return true;
        });
        response.status(Status.NO_CONTENT_204).send();
    }

    private void pause(ServerRequest request, ServerResponse response, boolean paused)
            throws InterruptedException {
        Queue queue = served(name(request));
        inside(() -> {
            queue.pause(paused);
            return true;
        });
        response.status(Status.NO_CONTENT_204).send();
    }

    private void purge(ServerRequest request, ServerResponse response) throws InterruptedException {
        Queue queue = served(name(request));
        inside(() -> {
            queue.purge();
            return true;
        });
        response.status(Status.NO_CONTENT_204).send();
    }

    /// How a queue is at the moment.
    private record QueueState(LedgerCounts counts, boolean paused) {}

    private QueueState state(Queue queue) throws InterruptedException {
        return inside(() -> new QueueState(queue.counts(), queue.isPaused()));
    }

    private static void write(JsonGenerator json, QueueInfo info) {
        json.writeStringProperty("name", info.name());
        json.writeNumberProperty("partitions", info.partitionCount());
        if (info.settings().deadLetters()) {
            json.writeStringProperty("deadLetters", info.deadName());
        }
        json.writeObjectPropertyStart("settings");
        info.settings().toMap().forEach(json::writeStringProperty);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, QueueState state) {
        json.writeBooleanProperty("paused", state.paused());
        json.writeObjectPropertyStart("counts");
        json.writeNumberProperty("ready", state.counts().ready());
        json.writeNumberProperty("delayed", state.counts().delayed());
        json.writeNumberProperty("leased", state.counts().leased());
        json.writeNumberProperty("doomed", state.counts().doomed());
        json.writeNumberProperty("unseen", state.counts().unseen());
        json.writeEndObject();
    }

    /// Ends all waits, and returns when no request is inside the engine.
    @Override
    public void close() {
        engine.close();
    }
}
