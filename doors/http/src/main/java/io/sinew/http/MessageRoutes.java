package io.sinew.http;

import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.ledger.Ledger;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/// What is done alike with a queue and with a subscription, whose messages are in a ledger: what
/// consumers do, and what concerns all partitions at once, whoever has them. Used by the route file
/// of each.
final class MessageRoutes {
    private static final byte[] NO_BODY = new byte[0];

    private final RouteContext context;
    private final MessageOperations operations;
    private final Function<ServerRequest, MessageSource.Lookup> lookups;
    private final MessageDeliveries deliveries;
    private final MessageVerdicts verdicts;

    /// @param lookups finds what a request is about by the parameters of its path
    MessageRoutes(
            RouteContext context,
            MessageOperations operations,
            Function<ServerRequest, MessageSource.Lookup> lookups) {
        this.context = context;
        this.operations = operations;
        this.lookups = lookups;
        this.deliveries = new MessageDeliveries(context);
        this.verdicts = new MessageVerdicts(context);
    }

    /// An answer that needs to know what the request is about.
    @FunctionalInterface
    private interface SourceAnswer {
        void to(ServerRequest request, ServerResponse response, MessageSource.Lookup lookup)
                throws InterruptedException, IOException;
    }

    /// The routes below a path.
    List<Route> table(String path) {
        return List.of(
                post(path + "/receive", operations.receive(), deliveries::receive),
                post(path + "/ack", operations.ack(), verdicts::ack),
                post(path + "/nack", operations.nack(), verdicts::nack),
                post(path + "/extend", operations.extend(), verdicts::extend),
                post(path + "/reject", operations.reject(), verdicts::reject),
                post(
                        path + "/pause",
                        operations.pause(),
                        (in, out, lookup) -> pause(in, out, lookup, true)),
                post(
                        path + "/resume",
                        operations.resume(),
                        (in, out, lookup) -> pause(in, out, lookup, false)));
    }

    private Route post(String path, Operation operation, SourceAnswer answer) {
        return new Route(
                Method.POST,
                path,
                operation,
                (request, response) -> answer.to(request, response, lookups.apply(request)));
    }

    private void pause(
            ServerRequest request,
            ServerResponse response,
            MessageSource.Lookup lookup,
            boolean paused)
            throws InterruptedException {
        String what = paused ? "/pause" : "/resume";
        Places all = context.places().all(request, lookup);
        everywhere(all, what, NO_BODY, (ledger, partition) -> ledger.pause(partition, paused));
        response.status(Status.NO_CONTENT_204).send();
    }

    /// What is done with each partition.
    @FunctionalInterface
    interface Deed {
        void to(Ledger ledger, int partition) throws InterruptedException;
    }

    /// Does something that may be done twice with all partitions. If it fails it may be done with
    /// some.
    ///
    /// @param what behind the path of the source, as `/purge`
    /// @param body that other processes are asked with
    void everywhere(Places all, String what, byte[] body, Deed deed) throws InterruptedException {
        for (Peer peer : all.peers()) {
            var _ =
                    context.peers()
                            .ask(peer, Peers.Question.post(all.source().path() + what, body));
        }
        context.calls()
                .run(() -> {
                    for (int partition : all.here()) {
                        deed.to(all.source().ledger(), partition);
                    }
                    return true;
                });
    }

    /// How it is, here and with the others.
    SourceStatus state(Places all) throws InterruptedException {
        Ledger ledger = all.source().ledger();
        SourceStatus state =
                context.calls()
                        .run(() -> {
                            SourceStatus here = SourceStatus.NOTHING;
                            for (int partition : all.here()) {
                                here =
                                        here.plus(
                                                new SourceStatus(
                                                        ledger.counts(partition),
                                                        ledger.isPaused(partition)));
                            }
                            return here;
                        });
        for (Peer peer : all.peers()) {
            byte[] answer = context.peers().ask(peer, Peers.Question.get(all.source().path()));
            JsonMembers members = Peers.parsed(peer, answer, SubscriptionJson.FILTER);
            state = state.plus(SourceStatus.of(peer, members, all.source().doomed()));
        }
        return state;
    }
}
