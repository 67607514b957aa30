package io.sinew.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import io.sinew.http.Schema.Whole;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A request that is answered with what is wrong with it, as problem details (RFC 9457) with two
/// members more: `code` and `number`, an [ErrorCode]'s, which never change.
final class Problem {
    static final String TYPE = "application/problem+json";

    private static final String[] NAMES =
            Stream.of(ErrorCode.values()).map(ErrorCode::name).toArray(String[]::new);

    /// What [#body] writes.
    static final Shape SHAPE =
            Shape.of(
                    "Problem",
                    Member.needed("type", Text.of("about:blank"), "As RFC 9457 has it"),
                    Member.needed("title", Text.any(), "The status, in words"),
                    Member.needed("status", Whole.of(400, 599), "That of the answer"),
                    Member.needed("detail", Text.any(), "What is wrong, and what to do"),
                    Member.needed("code", Text.of(NAMES), "Never changes"),
                    Member.needed(
                            "number", Whole.of(100, Integer.MAX_VALUE), "Stands for the code"));

    private Problem() {}

    private static String body(Status status, ErrorCode code, String detail) {
        return new JsonObject()
                .with("type", "about:blank")
                .with("title", status.reasonPhrase())
                .with("status", status.code())
                .with("detail", detail)
                .with("code", code.name())
                .with("number", code.number())
                .toString();
    }

    private static void send(
            ServerResponse response, Status status, ErrorCode code, String detail) {
        response.status(status)
                .header(HeaderNames.CONTENT_TYPE, TYPE)
                .send(body(status, code, detail));
    }

    /// Answers a request that was refused.
    static void send(ServerResponse response, SinewException refusal) {
        if (refusal.code().retriable()) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        send(
                response,
                HttpStatuses.of(refusal.code()),
                refusal.code(),
                String.valueOf(refusal.getMessage()));
    }

    /// Answers requests for what there is not.
    static Handler notFound(String known) {
        return (request, response) ->
                send(
                        response,
                        Status.NOT_FOUND_404,
                        ErrorCode.RESOURCE_NOT_FOUND,
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
                    ErrorCode.INVALID_REQUEST,
                    "Ask with " + allowed + ", not " + request.prologue().method().text() + ".");
        };
    }

    private static ErrorCode code(Status status) {
        return status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()
                ? ErrorCode.BATCH_TOO_LARGE
                : ErrorCode.INVALID_REQUEST;
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
                boolean ours = event == EventType.INTERNAL_ERROR;
                String detail =
                        ours
                                ? "This is a defect; the server's log has more."
                                : "The request is not HTTP/1.1, or larger than is taken here.";
                ErrorCode code = ours ? ErrorCode.INTERNAL_ERROR : code(status);
                return TransportResponse.builder()
                        .status(status)
                        .headers(headers)
                        .header(HeaderNames.CONTENT_TYPE, TYPE)
                        .keepAlive(event.keepAlive())
                        .entity(body(status, code, detail))
                        .build();
            }
        };
    }
}
