package io.sinew.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerResponse;
import org.jspecify.annotations.Nullable;

/// A request that is answered with what is wrong with it, as problem details (RFC 9457).
final class Problem {
    private static final String TYPE = "application/problem+json";

    private Problem() {}

    private static String body(Status status, String detail) {
        return new JsonObject()
                .with("type", "about:blank")
                .with("title", status.reasonPhrase())
                .with("status", status.code())
                .with("detail", detail)
                .toString();
    }

    private static void send(ServerResponse response, Status status, String detail) {
        response.status(status).header(HeaderNames.CONTENT_TYPE, TYPE).send(body(status, detail));
    }

    /// Answers requests for what there is not.
    static Handler notFound(String known) {
        return (request, response) ->
                send(
                        response,
                        Status.NOT_FOUND_404,
                        "There is nothing at "
                                + request.path().rawPath()
                                + "; there are "
                                + known
                                + ".");
    }

    /// Answers requests by a method that a path does not have.
    static Handler methodNotAllowed(String allowed) {
        return (request, response) -> {
            response.header(HeaderNames.ALLOW, allowed);
            send(
                    response,
                    Status.METHOD_NOT_ALLOWED_405,
                    "Ask with " + allowed + ", not " + request.prologue().method().text() + ".");
        };
    }

    /// Answers what the server refuses before any route sees it.
    static DirectHandler ofServer() {
        return new DirectHandler() {
            @Override
            public TransportResponse handle(
                    TransportRequest request,
                    EventType event,
                    Status status,
                    ServerResponseHeaders headers,
                    @Nullable String message) {
                // Not the message: it may quote the request, or tell a stranger of our insides.
                String detail =
                        event == EventType.INTERNAL_ERROR
                                ? "This is a defect; the server's log has more."
                                : "The request is not HTTP/1.1, or larger than is taken here.";
                return TransportResponse.builder()
                        .status(status)
                        .headers(headers)
                        .header(HeaderNames.CONTENT_TYPE, TYPE)
                        .keepAlive(event.keepAlive())
                        .entity(body(status, detail))
                        .build();
            }
        };
    }
}
