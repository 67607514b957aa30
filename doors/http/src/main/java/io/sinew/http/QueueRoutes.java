package io.sinew.http;

import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.Ledger;
import io.sinew.queue.Queue;
import io.sinew.queue.QueueInfo;
import io.sinew.queue.QueueSettings;
import io.sinew.queue.Queues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/// `/v1/queues`: work queues, and what administrators do with them. What senders do is in
/// [QueueMessages], what consumers do in [MessageRoutes]. Each route with an example:
/// docs/http-api.md.
final class QueueRoutes implements RouteTable {
    /// Where they are.
    static final String ROOT = "/v1/queues";

    private static final System.Logger LOGGER = System.getLogger(QueueRoutes.class.getName());
    private static final String NAME = "queue";

    private final RouteContext context;
    private final Queues queues;
    private final MessageRoutes both;
    private final QueueMessages messages;
    private final QueueLetters letters;

    QueueRoutes(RouteContext context) {
        this.context = context;
        this.queues = context.contents().queues();
        this.both =
                new MessageRoutes(
                        context,
                        new MessageOperations("Queue", ErrorCode.QUEUE_NOT_FOUND),
                        request -> lookup(name(request)));
        this.messages = new QueueMessages(this, context);
        this.letters = new QueueLetters(this, context);
    }

    @Override
    public String name() {
        return "queues";
    }

    @Override
    public String root() {
        return ROOT;
    }

    @Override
    public List<Route> table() {
        String queue = ROOT + "/{" + NAME + "}";
        var table = new ArrayList<Route>();
        table.add(new Route(Method.GET, ROOT, QueueOperations.LIST, this::list));
        table.add(new Route(Method.PUT, queue, QueueOperations.CREATE, this::create));
        table.add(new Route(Method.GET, queue, QueueOperations.DESCRIBE, this::describe));
        table.add(
                new Route(Method.POST, queue + "/messages", QueueOperations.SEND, messages::send));
        table.addAll(both.table(queue));
        table.add(new Route(Method.POST, queue + "/purge", QueueOperations.PURGE, this::purge));
        table.add(new Route(Method.GET, queue + "/peek", QueueOperations.PEEK, letters::peek));
        table.add(new Route(Method.GET, queue + "/dead", QueueOperations.DEAD, letters::dead));
        table.add(
                new Route(
                        Method.POST,
                        queue + "/redrive",
                        QueueOperations.REDRIVE,
                        letters::redrive));
        table.add(new Route(Method.DELETE, queue, QueueOperations.DELETE, this::delete));
        return List.copyOf(table);
    }

    /// Whether a request may have a body of messages, which is larger than others.
    static boolean takesMessages(String path) {
        return path.startsWith(ROOT + "/") && path.endsWith("/messages");
    }

    // ---- what all routes have

    static String name(ServerRequest request) {
        return request.path().pathParameters().get(NAME);
    }

    /// The queue of that name, whoever serves it.
    ///
    /// @throws SinewException `QUEUE_NOT_FOUND`
    Queue queue(String name) throws InterruptedException {
        return context.calls().run(() -> queues.queue(name));
    }

    MessageSource.Lookup lookup(String name) {
        return () -> MessageSource.of(queues.queue(name));
    }

    // ---- administration

    private void list(ServerRequest request, ServerResponse response) throws InterruptedException {
        JsonMembers members = QueryMembers.of(request).as(QueueOperations.LISTED);
        boolean counted = members.truth("counts");
        List<QueueInfo> infos = List.copyOf(context.calls().run(queues::list));
        var states = new ArrayList<SourceStatus>();
        if (counted) {
            for (QueueInfo info : infos) {
                states.add(both.state(context.places().all(request, lookup(info.name()))));
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
                            states.get(i).write(json, MessageSource.DOOMED);
                        }
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    private void create(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers members = context.members(request).as(QueueOperations.NEW_QUEUE);
        int partitions = (int) members.whole("partitions");
        Map<String, String> settings = members.texts("settings");
        QueueInfo info =
                context.calls()
                        .run(() ->
                                queues.create(
                                        name(request),
                                        partitions,
                                        QueueSettings.defaults().with(settings)));
        JsonAnswer.send(response, Status.CREATED_201, json -> write(json, info));
    }

    private void describe(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        QueueInfo info = queue(name(request)).info();
        SourceStatus state = both.state(context.places().all(request, lookup(info.name())));
        JsonAnswer.send(
                response,
                Status.OK_200,
                json -> {
                    write(json, info);
                    state.write(json, MessageSource.DOOMED);
                });
    }

    /// Another door that deletes a queue asks for it to be closed.
    private void delete(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        String name = name(request);
        if (Peers.askedFor(request).isPresent()) {
            context.calls()
                    .run(() -> {
                        queues.close(name);
                        return true;
                    });
        } else {
            boolean shared = context.contents().shared();
            Map<String, List<Peer>> sharers = shared ? sharers(request, name) : Map.of();
            // So that their partitions end in peace; and again, for a request may open it anew.
            sharers.forEach(this::tellDeleted);
            context.calls()
                    .run(() -> {
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
                sharers.put(each, context.places().all(request, lookup(each)).peers());
            } catch (SinewException e) {
                LOGGER.log(System.Logger.Level.DEBUG, () -> "sharers=unknown queue=" + each, e);
            }
        }
        return sharers;
    }

    private void tellDeleted(String name, List<Peer> sharers) {
        String path = ROOT + "/" + MessageSource.encoded(name);
        for (Peer peer : sharers) {
            try {
                var question = new Peers.Question("DELETE", path, new byte[0], 0);
                var _ = context.peers().ask(peer, question);
            } catch (SinewException e) {
                LOGGER.log(System.Logger.Level.DEBUG, () -> "deleted=untold queue=" + name, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void purge(ServerRequest request, ServerResponse response) throws InterruptedException {
        Places all = context.places().all(request, lookup(name(request)));
        both.everywhere(all, "/purge", new byte[0], Ledger::purge);
        response.status(Status.NO_CONTENT_204).send();
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
}
