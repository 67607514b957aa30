package io.sinew.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.Metric;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpDoorTest {
    private static final HttpLimits IMPATIENT =
            new HttpLimits(4, 512, 1024, 2048, 200, 500, 15_000, 30_000);

    /// For what must come; only a test that fails waits so long.
    private static final int PATIENCE_MS = 20_000;

    private enum Thing implements Metric {
        COUNTED("sinew_things_total", Kind.COUNTER, ""),
        BY_SIZE("sinew_sized_things_total", Kind.COUNTER, "size"),
        SPENT("sinew_thing_seconds_total", Kind.TIME, ""),
        LEVEL("sinew_thing_level", Kind.GAUGE, "");

        private final String id;
        private final Kind kind;
        private final String label;

        Thing(String id, Kind kind, String label) {
            this.id = id;
            this.kind = kind;
            this.label = label;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Kind kind() {
            return kind;
        }

        @Override
        public String meaning() {
            return "Things, as \"they\" come.";
        }

        @Override
        public Optional<String> label() {
            return label.isEmpty() ? Optional.empty() : Optional.of(label);
        }
    }

    private final AtomicReference<Health> health =
            new AtomicReference<>(new Health(Health.Status.UP, "", "1.2.3", 61_000));
    private final Metrics metrics = new Metrics();
    private QueuesBehind queues;

    private HttpDoor open(InetSocketAddress address, HttpLimits limits) {
        return HttpDoor.open(address, queues.contents(health::get, metrics), limits);
    }

    private final HttpClient client = HttpClient.newHttpClient();
    private HttpDoor door;

    @BeforeEach
    void open() throws IOException {
        queues = new QueuesBehind();
        door = open(freePort(), IMPATIENT);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        door.close();
        queues.close();
    }

    private static InetSocketAddress freePort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + door.address().getPort() + path))
                .timeout(Duration.ofMillis(PATIENCE_MS));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), door.address().getPort());
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    /// Sends bytes and returns all that comes back until the door closes the connection.
    private String send(byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private String send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void an_address_that_is_taken_is_refused_with_what_to_do() throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var taken =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), other.getLocalPort());
            assertThatThrownBy(() -> open(taken, HttpLimits.defaults()))
                    .isInstanceOfSatisfying(
                            SinewException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.ADDRESS_UNAVAILABLE))
                    .hasMessageContaining(":" + other.getLocalPort() + ": ")
                    .hasMessageContaining("Choose another address");
        }
    }

    @Test
    void a_host_that_there_is_not_is_refused() {
        var nowhere = InetSocketAddress.createUnresolved("no.such.host.invalid", 8080);
        assertThatThrownBy(() -> open(nowhere, HttpLimits.defaults()))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.ADDRESS_UNAVAILABLE))
                .hasMessageContaining("no such host");
    }

    @Test
    void an_unknown_path_is_a_problem_that_says_what_there_is() throws Exception {
        HttpResponse<String> answer = get("/admin?x=1");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("content-type"))
                .hasValue("application/problem+json");
        assertThat(answer.body())
                .isEqualTo(
                        "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                                + "\"detail\":\"There is nothing at /admin; there are /health,"
                                + " /metrics, /openapi.json, /v1/queues and /v1/topics.\","
                                + "\"code\":\"RESOURCE_NOT_FOUND\",\"number\":208}");
    }

    @Test
    void another_method_is_refused_with_the_one_that_there_is() throws Exception {
        for (String path : List.of("/health", "/metrics", "/openapi.json")) {
            var post = request(path).POST(BodyPublishers.ofString("x")).build();
            HttpResponse<String> answer = client.send(post, BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().firstValue("allow")).hasValue("GET");
            assertThat(answer.headers().firstValue("content-type"))
                    .hasValue("application/problem+json");
        }
    }

    @Test
    void a_body_above_the_limit_is_refused() throws Exception {
        var post = request("/health").POST(BodyPublishers.ofByteArray(new byte[4096])).build();
        assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void garbage_and_endless_lines_are_refused_and_disturb_nobody() throws Exception {
        var garbage = new byte[8192];
        for (int i = 0; i < garbage.length; i++) {
            garbage[i] = (byte) (i * 31);
        }
        assertThat(send(garbage)).doesNotContain("200 OK");
        assertThat(send("GET /" + "a".repeat(2000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
        assertThat(send("GET /health HTTP/1.1\r\nHost: x\r\nA: " + "b".repeat(4000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
        assertThat(send("GET /health HTTP/9.9\r\nHost: x\r\n\r\n")).doesNotContain("200 OK");
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void a_connection_that_falls_silent_is_closed() throws Exception {
        assertThat(send("")).isEmpty();
        assertThat(send("GET /hea")).doesNotContain("200 OK");
        assertThat(send("GET /health HTTP/1.1\r\nHost: x\r\nA")).doesNotContain("200 OK");
        assertThat(send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 200");
    }

    @Test
    void a_client_that_asks_for_it_has_its_connection_closed_after_the_answer() throws Exception {
        door.close();
        door = open(freePort(), HttpLimits.defaults());
        String close = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        assertThat(send("GET /health" + close)).startsWith("HTTP/1.1 200").endsWith("}");
        assertThat(send("GET /metrics" + close)).startsWith("HTTP/1.1 200").endsWith("\n");
        assertThat(send("GET /nothing" + close)).startsWith("HTTP/1.1 404").endsWith("}");
        assertThat(send("POST /health" + close)).startsWith("HTTP/1.1 405").endsWith("}");
    }

    @Test
    void connections_that_hang_are_bounded_and_make_room_again() throws Exception {
        var hanging = new Socket[3 * IMPATIENT.maxConnections()];
        for (int i = 0; i < hanging.length; i++) {
            hanging[i] = connect();
            hanging[i]
                    .getOutputStream()
                    .write("GET /health HT".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(get("/health").statusCode()).isEqualTo(200);
        for (Socket socket : hanging) {
            socket.close();
        }
    }

    @Test
    void a_healthy_process_says_so() throws Exception {
        HttpResponse<String> answer = get("/health");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
        assertThat(answer.body())
                .isEqualTo("{\"status\":\"UP\",\"version\":\"1.2.3\",\"uptimeSeconds\":61}");
    }

    @Test
    void a_process_that_takes_no_writes_is_unavailable_and_says_why() throws Exception {
        for (var status : List.of(Health.Status.DEGRADED, Health.Status.DOWN)) {
            health.set(new Health(status, "the disk is \"full\"", "1", 0));
            HttpResponse<String> answer = get("/health");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body())
                    .isEqualTo(
                            "{\"status\":\""
                                    + status
                                    + "\",\"detail\":\"the disk is \\\"full\\\"\","
                                    + "\"version\":\"1\",\"uptimeSeconds\":0}");
        }
    }

    @Test
    void a_route_that_fails_does_not_tell_strangers_how() throws Exception {
        health.set(null);
        HttpResponse<String> answer = get("/health");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body())
                .contains("defect")
                .doesNotContain("Exception")
                .doesNotContain("null");
        assertThat(answer.headers().firstValue("content-type"))
                .hasValue("application/problem+json");
    }

    @Test
    void readings_are_shown_as_they_are_now() throws Exception {
        metrics.counter(Thing.COUNTED).add(41);
        metrics.counter(Thing.BY_SIZE, "small").add(3);
        metrics.counter(Thing.BY_SIZE, "large").add(4);
        metrics.counter(Thing.SPENT).add(1_500_000_000);
        metrics.gauge(Thing.LEVEL, () -> -7);
        PrometheusPage.parse(get("/metrics").body());
        metrics.counter(Thing.COUNTED).increment();
        HttpResponse<String> answer = get("/metrics");
        assertThat(answer.headers().firstValue("content-type"))
                .hasValue("text/plain; version=0.0.4; charset=utf-8");
        PrometheusPage page = PrometheusPage.parse(answer.body());
        assertThat(page.types())
                .containsEntry("sinew_things_total", "counter")
                .containsEntry("sinew_thing_seconds_total", "counter")
                .containsEntry("sinew_thing_level", "gauge");
        assertThat(page.series())
                .containsEntry("sinew_things_total", 42.0)
                .containsEntry("sinew_sized_things_total{size=\"small\"}", 3.0)
                .containsEntry("sinew_sized_things_total{size=\"large\"}", 4.0)
                .containsEntry("sinew_thing_seconds_total", 1.5)
                .containsEntry("sinew_thing_level", -7.0);
        assertThat(answer.body()).contains("# HELP sinew_things_total Things, as");
    }

    @Test
    void a_reading_that_began_after_the_first_look_is_shown_too() throws Exception {
        assertThat(PrometheusPage.parse(get("/metrics").body()).series())
                .doesNotContainKey("sinew_things_total");
        metrics.counter(Thing.COUNTED).increment();
        assertThat(PrometheusPage.parse(get("/metrics").body()).series())
                .containsEntry("sinew_things_total", 1.0);
    }

    @Test
    void the_virtual_machine_is_shown_too() throws Exception {
        assertThat(PrometheusPage.parse(get("/metrics").body()).types())
                .containsKeys(
                        "jvm_memory_used_bytes",
                        "jvm_threads_live_threads",
                        "process_cpu_usage",
                        "process_files_open_files");
    }
}
