package io.sinew.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.SeenMessage;
import io.sinew.queue.LetterFilter;
import io.sinew.queue.Queue;
import io.sinew.queue.Redrive;
import io.sinew.topics.StoredRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// What administrators do with the messages of a queue over HTTP: look at them, look at its dead
/// letters, send those again. Part of [QueueRoutes].
final class QueueLetters {
    private static final int LOOKED_AT_USUALLY = 10;
    private static final int REDRIVEN_USUALLY = 1_000;

    private final QueueRoutes routes;
    private final Clock clock;
    private final Callers callers;

    QueueLetters(QueueRoutes routes, Clock clock, Callers callers) {
        this.routes = routes;
        this.clock = clock;
        this.callers = callers;
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

    void redrive(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        JsonMembers members = routes.members(request);
        Queue to = routes.served(QueueRoutes.name(request));
        Queue from = dead(to);
        if (members.has("partition") || members.has("offset")) {
            redriveOne(from, to, members, response);
            return;
        }
        long withinMs =
                members.number("withinMs", 1, HttpLimits.REDRIVE_MS).orElse(HttpLimits.REDRIVE_MS);
        Redrive redrive = from.redrive(to, options(members));
        send(response, redrive, run(redrive, withinMs));
    }

    private void redriveOne(Queue from, Queue to, JsonMembers members, ServerResponse response)
            throws InterruptedException {
        OptionalLong partition = members.number("partition", 0, from.info().partitionCount() - 1L);
        OptionalLong offset = members.number("offset", 0, Long.MAX_VALUE);
        members.requireNoMore("partition and offset, which name one dead letter");
        requireTogether("partition", partition.isPresent(), "offset", offset.isPresent());
        boolean sent =
                routes.inside(
                        () -> from.redriveOne(to, (int) partition.getAsLong(), offset.getAsLong()));
        QueueRoutes.send(
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
        var options =
                new Redrive.Options(
                        which,
                        members.number("max", 1, HttpLimits.REDRIVE).orElse(REDRIVEN_USUALLY),
                        (int) members.number("perSecond", 1, 1_000_000).orElse(0),
                        members.truth("dryRun"),
                        members.text("from").map(Redrive.Place::parse));
        members.requireNoMore(
                "max, perSecond, reason, headerName, headerValue, group, dryRun, from, withinMs,"
                        + " or partition and offset");
        return options;
    }

    /// Does it until it is done, the time is over, the caller has hung up, or the door closes.
    ///
    /// @return whether it is done
    private boolean run(Redrive redrive, long withinMs) throws InterruptedException {
        long endNanos = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(withinMs);
        Redrive.Step step = routes.inside(redrive::step);
        while (!step.complete() && clock.nanos() - endNanos < 0 && callers.isThere()) {
            if (step.waitNanos() > 0) {
                long watchNanos = TimeUnit.MILLISECONDS.toNanos(HttpLimits.WATCH_MS);
                if (!routes.pause(Math.min(step.waitNanos(), watchNanos))) {
                    return false;
                }
            }
            step = routes.inside(redrive::step);
        }
        return step.complete();
    }

    private static void send(ServerResponse response, Redrive redrive, boolean complete) {
        QueueRoutes.send(
                response,
                Status.OK_200,
                json -> {
                    json.writeNumberProperty("redriven", redrive.sent());
                    json.writeBooleanProperty("complete", complete);
                    redrive.rest()
                            .ifPresent(place -> json.writeStringProperty("next", place.text()));
                });
    }
}
