package io.sinew.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import io.sinew.http.Schema.Whole;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// `GET /health`: 200 while writes are taken, 503 while they are not, and in the body why.
final class HealthRoutes implements RouteTable {
    private static final String[] STATUSES =
            Stream.of(Health.Status.values()).map(Health.Status::name).toArray(String[]::new);

    private static final Shape HEALTH =
            Shape.of(
                    "Health",
                    Member.needed("status", Text.of(STATUSES), "UP while writes are taken"),
                    Member.optional("detail", Text.any(), "Why it is not UP"),
                    Member.needed("version", Text.any(), "Of Sinew"),
                    Member.needed("uptimeSeconds", Whole.count(), "Since it was started"));

    private static final Operation HEALTH_ASKED =
            Operation.of("health", "Whether writes are taken, and if not why.")
                    .passesOver()
                    .answers(Status.OK_200, "They are", HEALTH)
                    .answers(Status.SERVICE_UNAVAILABLE_503, "They are not", HEALTH);

    private final Supplier<Health> source;

    HealthRoutes(Supplier<Health> source) {
        this.source = source;
    }

    @Override
    public String name() {
        return "process";
    }

    @Override
    public String root() {
        return "/health";
    }

    @Override
    public List<Route> table() {
        return List.of(new Route(Method.GET, root(), HEALTH_ASKED, this::answer));
    }

    private void answer(ServerRequest request, ServerResponse response) {
        Health health = source.get();
        var body = new JsonObject().with("status", health.status().name());
        if (!health.detail().isEmpty()) {
            body.with("detail", health.detail());
        }
        body.with("version", health.version())
                .with("uptimeSeconds", TimeUnit.MILLISECONDS.toSeconds(health.uptimeMs()));
        boolean writable = health.status() == Health.Status.UP;
        response.status(writable ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .send(body.toString());
    }
}
