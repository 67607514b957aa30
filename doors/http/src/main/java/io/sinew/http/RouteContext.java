package io.sinew.http;

import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.util.function.Supplier;

/// What the route files of one door have in common, so that a bound on something holds for all of
/// them together.
///
/// @param calls what is inside the engine
/// @param bodies what has been read of requests
/// @param places who serves the partitions of queues and subscriptions
/// @param peers the other processes that do
/// @param receipts made by the first request that needs it
record RouteContext(
        HttpContents contents,
        Callers callers,
        HttpLimits limits,
        EngineCalls calls,
        RequestBodies bodies,
        MessagePlaces places,
        Peers peers,
        Supplier<ReceiptCodec> receipts) {
    static RouteContext of(HttpContents contents, Callers callers, HttpLimits limits) {
        var calls = new EngineCalls();
        return new RouteContext(
                contents,
                callers,
                limits,
                calls,
                new RequestBodies(),
                new MessagePlaces(contents.queues().address(), calls),
                new Peers(),
                new FirstReceiptCodec(contents.receiptKey()));
    }

    /// The members of a request's body, which has no messages, or of its query when it has none.
    JsonMembers members(ServerRequest request) throws IOException {
        return bodies.members(request, limits.maxBodyBytes());
    }
}
