package io.sinew.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// `GET /health`: 200 while writes are taken, 503 while they are not, and in the body why.
final class HealthRoutes implements HttpService {
    private final Supplier<Health> source;

    HealthRoutes(Supplier<Health> source) {
        this.source = source;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::answer).any("/", Problem.methodNotAllowed("GET"));
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
