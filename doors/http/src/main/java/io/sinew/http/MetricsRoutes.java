package io.sinew.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.Metrics;
import io.sinew.http.Schema.Text;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// `GET /metrics`: all readings in Prometheus' text format. What that takes is made when the first
/// one asks, for many a process is never asked.
final class MetricsRoutes implements RouteTable, AutoCloseable {
    private static final Operation METRICS =
            Operation.of("metrics", "All readings, in Prometheus' text format.")
                    .passesOver()
                    .answers(Status.OK_200, "The readings", Map.of("text/plain", Text.any()));

    private final Metrics metrics;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable PrometheusText text;

    MetricsRoutes(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public String name() {
        return "process";
    }

    @Override
    public String root() {
        return "/metrics";
    }

    @Override
    public List<Route> table() {
        return List.of(new Route(Method.GET, root(), METRICS, this::answer));
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
