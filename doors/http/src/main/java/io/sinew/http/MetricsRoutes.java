package io.sinew.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.Metrics;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// `GET /metrics`: all readings in Prometheus' text format. What that takes is made when the first
/// one asks, for many a process is never asked.
final class MetricsRoutes implements HttpService, AutoCloseable {
    private final Metrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable PrometheusText text;

    MetricsRoutes(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::answer).any("/", Problem.methodNotAllowed("GET"));
    }

    private void answer(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, PrometheusText.CONTENT_TYPE)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .send(read());
    }

    private String read() {
        lock.lock();
        try {
            PrometheusText made = text;
            if (made == null) {
                made = new PrometheusText(metrics);
                text = made;
            }
            return made.read();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (text != null) {
                text.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
