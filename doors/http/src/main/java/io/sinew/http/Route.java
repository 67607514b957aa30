package io.sinew.http;

import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.Schema.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Set;

/// A method and a path that something is answered at. Each route file has a table of them, which is
/// all that the server and the documentation know of it.
///
/// @param path from the root, with parameters in braces
/// @param operation what it does
record Route(Method method, String path, Operation operation, Answer answer) {
    private static final System.Logger LOGGER = System.getLogger(Route.class.getName());

    private static final Shape NOTHING = Shape.of("Nothing");

    /// Answers a request, or is refused.
    @FunctionalInterface
    interface Answer {
        void to(ServerRequest request, ServerResponse response)
                throws InterruptedException, IOException;
    }

    @Override
    public String toString() {
        return method.text() + " " + path;
    }

    /// Has a table answered; other methods are refused with those that a path has.
    ///
    /// @param rules of what is below its root
    static void serve(HttpRules rules, RouteTable table) {
        var methods = new LinkedHashMap<String, Set<String>>();
        for (Route route : table.table()) {
            String below = route.path().substring(table.root().length());
            String path = below.isEmpty() ? "/" : below;
            rules.route(route.method(), path, route::answered);
            methods.computeIfAbsent(path, _ -> new LinkedHashSet<>()).add(route.method().text());
        }
        methods.forEach((path, allowed) ->
                rules.any(path, Problem.methodNotAllowed(String.join(", ", allowed))));
    }

    private void answered(ServerRequest request, ServerResponse response) throws IOException {
        try {
            if (operation.input() instanceof Operation.Input.Nothing) {
                var _ = QueryMembers.of(request).as(NOTHING);
            }
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
}
