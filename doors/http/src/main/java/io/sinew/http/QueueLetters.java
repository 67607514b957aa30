package io.sinew.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.DeadLetters;
import io.sinew.ledger.Message;
import io.sinew.ledger.SeenMessage;
import io.sinew.queue.Queue;
import io.sinew.topics.StoredRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

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
        look(request, response, routes.served(QueueRoutes.name(request)));
    }

    void dead(ServerRequest request, ServerResponse response) throws InterruptedException {
        look(request, response, dead(routes.served(QueueRoutes.name(request))));
    }

    private Queue dead(Queue queue) throws InterruptedException {
        if (!queue.info().settings().deadLetters()) {
            throw new SinewException(
                    ErrorCode.QUEUE_NOT_FOUND,
                    "The queue '"
                            + queue.info().name()
                            + "' has no queue for dead letters (dead.letters=false): they stay in"
                            + " it, and peek shows them");
        }
        return routes.served(queue.info().deadName());
    }

    private record Seen(int partition, SeenMessage message, Optional<StoredRecord> record) {}

    private void look(ServerRequest request, ServerResponse response, Queue queue)
            throws InterruptedException {
        JsonMembers members = QueryMembers.of(request);
        int max = (int) members.number("max", 1, HttpLimits.LOOKED_AT).orElse(LOOKED_AT_USUALLY);
        members.requireNoMore("max");
        List<Seen> seen = routes.inside(() -> look(queue, max));
        QueueRoutes.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeArrayPropertyStart("messages");
                    for (Seen one : seen) {
                        MessageJson.write(json, one.partition(), one.message(), one.record());
                    }
                    json.writeEndArray();
                });
    }

    /// The first messages of each partition, as many as one answer holds.
    private static List<Seen> look(Queue queue, int max) throws InterruptedException {
        var seen = new ArrayList<Seen>();
        long bytes = 0;
        for (int partition : queue.ledger().partitions()) {
            for (SeenMessage message : queue.ledger().look(partition, 0, max - seen.size())) {
                if (bytes >= HttpLimits.ANSWER_BYTES) {
                    return seen;
                }
                var record = queue.ledger().record(partition, message.offset());
                bytes += record.map(StoredRecord::sizeBytes).orElse(0);
                seen.add(new Seen(partition, message, record));
            }
            if (seen.size() >= max) {
                return seen;
            }
        }
        return seen;
    }

    // ---- sending again

    /// Which dead letters are sent again, how many, and how fast.
    private record Redrive(int max, int perSecond, Predicate<Message> chosen) {
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
            Predicate<Message> chosen =
                    letter ->
                            matches(letter, Optional.of(DeadLetters.REASON), reason)
                                    && matches(letter, header, value);
            return new Redrive(max, perSecond, chosen);
        }

        private static boolean matches(
                Message letter, Optional<String> name, Optional<String> wanted) {
            return wanted.isEmpty() || name.flatMap(letter::header).equals(wanted);
        }
    }

    void redrive(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        Redrive wanted = Redrive.of(routes.members(request));
        Queue to = routes.served(QueueRoutes.name(request));
        Queue from = dead(to);
        long endNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(HttpLimits.REDRIVE_MS);
        int sent = 0;
        boolean complete = false;
        while (!complete && clock.nanos() - endNanos < 0) {
            int batch = wanted.perSecond() == 0 ? BATCH : Math.min(BATCH, wanted.perSecond());
            int most = Math.min(batch, wanted.max() - sent);
            int more = routes.inside(() -> from.redrive(to, most, wanted.chosen()));
            sent += more;
            complete = more < most || sent >= wanted.max();
            if (!complete && wanted.perSecond() > 0) {
                long nanos = TimeUnit.SECONDS.toNanos(1) * more / wanted.perSecond();
                complete = !routes.pause(nanos);
            }
        }
        int all = sent;
        boolean done = complete;
        QueueRoutes.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeNumberProperty("redriven", all);
                    json.writeBooleanProperty("complete", done);
                });
    }
}
