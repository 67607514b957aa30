package io.sinew.http;

import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.SinewException;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.LedgerCounts;
import io.sinew.queue.Queue;
import io.sinew.queue.QueueInfo;
import io.sinew.queue.QueueSettings;
import io.sinew.queue.Queues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import tools.jackson.core.JsonGenerator;

/// `/v1/queues`: work queues, and what administrators do with them. What senders and consumers do
/// is in [QueueMessages]. Each route with an example: docs/http-api.md.
final class QueueRoutes implements HttpService, AutoCloseable {
    /// Where they are.
    static final String ROOT = "/v1/queues";

    private static final System.Logger LOGGER = System.getLogger(QueueRoutes.class.getName());
    private static final String NAME = "queue";

    private final Queues queues;
    private final boolean shared;
    private final EngineCalls engine;
    private final Peers peers = new Peers();
    private final QueuePlaces places;
    private final RequestBodies bodies;
    private final int bodyBytes;
    private final QueueMessages messages;
    private final QueueLetters letters;

    QueueRoutes(RouteContext context) {
        HttpContents contents = context.contents();
        this.queues = contents.queues();
        this.shared = contents.shared();
        this.engine = context.calls();
        this.bodies = context.bodies();
        this.places = new QueuePlaces(queues, engine);
        this.bodyBytes = context.limits().maxBodyBytes();
        this.messages = new QueueMessages(this, contents, context.callers());
        this.letters = new QueueLetters(this, contents.clock(), context.callers());
    }

    /// All routes, in the order of their documentation.
    List<Route> table() {
        return List.of(
                new Route(Method.GET, ROOT, this::list),
                new Route(Method.PUT, ROOT + "/{queue}", this::create),
                new Route(Method.GET, ROOT + "/{queue}", this::describe),
                new Route(Method.POST, ROOT + "/{queue}/messages", messages::send),
                new Route(Method.POST, ROOT + "/{queue}/receive", messages::receive),
                new Route(Method.POST, ROOT + "/{queue}/ack", messages::ack),
                new Route(Method.POST, ROOT + "/{queue}/nack", messages::nack),
                new Route(Method.POST, ROOT + "/{queue}/extend", messages::extend),
                new Route(Method.POST, ROOT + "/{queue}/reject", messages::reject),
                new Route(Method.POST, ROOT + "/{queue}/pause", (in, out) -> pause(in, out, true)),
                new Route(
                        Method.POST, ROOT + "/{queue}/resume", (in, out) -> pause(in, out, false)),
                new Route(Method.POST, ROOT + "/{queue}/purge", this::purge),
                new Route(Method.GET, ROOT + "/{queue}/peek", letters::peek),
                new Route(Method.GET, ROOT + "/{queue}/dead", letters::dead),
                new Route(Method.POST, ROOT + "/{queue}/redrive", letters::redrive),
                new Route(Method.DELETE, ROOT + "/{queue}", this::delete));
    }

    @Override
    public void routing(HttpRules rules) {
        Route.serve(rules, ROOT, table());
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

    /// Who serves the partitions of queues.
    QueuePlaces places() {
        return places;
    }

    /// The other processes that do.
    Peers peers() {
        return peers;
    }

    /// The queue of that name, whoever serves it.
    ///
    /// @throws SinewException `QUEUE_NOT_FOUND`
    Queue queue(String name) throws InterruptedException {
        return inside(() -> queues.queue(name));
    }

    /// The members of a request's body and of its query together; none when it has neither.
    JsonMembers members(ServerRequest request, int mostBytes) throws IOException {
        return bodies.members(request, mostBytes);
    }

    /// As [#members(ServerRequest, int)], for bodies without messages.
    JsonMembers members(ServerRequest request) throws IOException {
        return members(request, bodyBytes);
    }

    RequestBodies bodies() {
        return bodies;
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
                states.add(state(places.all(request, info.name())));
            }
        }
        JsonAnswer.send(
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
        JsonAnswer.send(response, Status.CREATED_201, json -> write(json, info));
    }

    private void describe(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        Places all = places.all(request, name(request));
        QueueState state = state(all);
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    write(json, all.queue().info());
                    write(json, state);
                });
    }

    /// Another door that deletes a queue asks for it to be closed.
    private void delete(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        String name = name(request);
        if (Peers.askedFor(request).isPresent()) {
            inside(() -> {
                queues.close(name);
                return true;
            });
        } else {
            Map<String, List<Peer>> sharers = shared ? sharers(request, name) : Map.of();
            // So that their partitions end in peace; and again, for a request may open it anew.
            sharers.forEach(this::tellDeleted);
            inside(() -> {
                queues.delete(name);
                return true;
            });
            sharers.forEach(this::tellDeleted);
        }
        response.status(Status.NO_CONTENT_204).send();
    }

    /// Who has partitions of a queue, and of its dead letters; as far as it is known, which is
    /// enough: everybody sees that a queue is gone at the next request for it.
    private Map<String, List<Peer>> sharers(ServerRequest request, String name)
            throws InterruptedException {
        var sharers = new LinkedHashMap<String, List<Peer>>();
        QueueInfo info = queue(name).info();
        List<String> names =
                info.settings().deadLetters() ? List.of(name, info.deadName()) : List.of(name);
        for (String each : names) {
            try {
                sharers.put(each, places.all(request, each).peers());
            } catch (SinewException e) {
                LOGGER.log(System.Logger.Level.DEBUG, () -> "sharers=unknown queue=" + each, e);
            }
        }
        return sharers;
    }

    private void tellDeleted(String name, List<Peer> sharers) {
        for (Peer peer : sharers) {
            try {
                var question =
                        new Peers.Question("DELETE", Peers.Question.path(name, ""), new byte[0], 0);
                var _ = peers.ask(peer, question);
            } catch (SinewException e) {
                LOGGER.log(System.Logger.Level.DEBUG, () -> "deleted=untold queue=" + name, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void pause(ServerRequest request, ServerResponse response, boolean paused)
            throws InterruptedException {
        everywhere(
                request,
                paused ? "/pause" : "/resume",
                (ledger, partition) -> ledger.pause(partition, paused));
        response.status(Status.NO_CONTENT_204).send();
    }

    private void purge(ServerRequest request, ServerResponse response) throws InterruptedException {
        everywhere(request, "/purge", Ledger::purge);
        response.status(Status.NO_CONTENT_204).send();
    }

    /// What is done with each partition.
    @FunctionalInterface
    private interface Deed {
        void to(Ledger ledger, int partition) throws InterruptedException;
    }

    /// Does something that may be done twice with all partitions of a queue. If it fails it may be
    /// done with some.
    private void everywhere(ServerRequest request, String what, Deed deed)
            throws InterruptedException {
        String name = name(request);
        Places all = places.all(request, name);
        for (Peer peer : all.peers()) {
            var _ = peers.ask(peer, Peers.Question.post(name, what, new byte[0]));
        }
        inside(() -> {
            for (int partition : all.here()) {
                deed.to(all.queue().ledger(), partition);
            }
            return true;
        });
    }

    /// How a queue is at the moment.
    private record QueueState(LedgerCounts counts, boolean paused) {
        QueueState plus(QueueState other) {
            return new QueueState(counts.plus(other.counts), paused || other.paused);
        }
    }

    private QueueState state(Places all) throws InterruptedException {
        Ledger ledger = all.queue().ledger();
        QueueState state =
                inside(() -> {
                    var here = new QueueState(new LedgerCounts(0, 0, 0, 0, 0), false);
                    for (int partition : all.here()) {
                        here =
                                here.plus(
                                        new QueueState(
                                                ledger.counts(partition),
                                                ledger.isPaused(partition)));
                    }
                    return here;
                });
        for (Peer peer : all.peers()) {
            var question = Peers.Question.get(all.queue().info().name(), "");
            state = state.plus(state(peer, peers.askJson(peer, question)));
        }
        return state;
    }

    private static QueueState state(Peer peer, JsonMembers answer) {
        try {
            JsonMembers counts = answer.object("counts").orElseThrow();
            return new QueueState(
                    new LedgerCounts(
                            count(counts, "ready"),
                            count(counts, "delayed"),
                            count(counts, "leased"),
                            count(counts, "doomed"),
                            count(counts, "unseen")),
                    answer.truth("paused"));
        } catch (SinewException | NoSuchElementException e) {
            throw Peers.strange(peer, e);
        }
    }

    private static long count(JsonMembers counts, String name) {
        return counts.number(name, 0, Long.MAX_VALUE).orElseThrow();
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

    /// Returns when other processes are asked nothing any more.
    @Override
    public void close() {
        peers.close();
    }
}
