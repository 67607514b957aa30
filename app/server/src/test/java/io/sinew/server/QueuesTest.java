package io.sinew.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Work queues of a whole server, over its restarts.
@Timeout(60)
class QueuesTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final Path KEY = DIRECTORY.resolve("receipts-v1.key");
    private static final Pattern RECEIPT = Pattern.compile("\"receipt\":\"([^\"]+)\"");

    private final HttpClient client = HttpClient.newHttpClient();
    private final FaultyDisk disk = new FaultyDisk();
    private SinewServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                SinewServer.start(
                        new ServerConfig(
                                DIRECTORY,
                                freePort(),
                                Optional.empty(),
                                Optional.of(freePort()),
                                Map.of()),
                        disk,
                        Clock.system());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    private static InetSocketAddress freePort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private HttpResponse<String> ask(String method, String path, String body) throws Exception {
        int port = server.httpAddress().orElseThrow().getPort();
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/queues" + path))
                        .timeout(Duration.ofSeconds(30))
                        .method(method, BodyPublishers.ofString(body))
                        .build();
        return client.send(request, BodyHandlers.ofString());
    }

    /// The receipt of the one message of the queue `pay`.
    private String receive() throws Exception {
        Matcher matcher = RECEIPT.matcher(ask("POST", "/pay/receive?waitMs=20000", "").body());
        assertThat(matcher.find()).isTrue();
        return "{\"receipts\":[\"" + matcher.group(1) + "\"]}";
    }

    private void restart() throws IOException {
        server.close();
        start();
    }

    @Test
    void a_key_of_receipts_that_is_damaged_is_refused_with_what_to_do() throws Exception {
        ask("PUT", "/pay", "");
        ask("POST", "/pay/messages", "{\"text\":\"a\"}");
        String receipt = receive();
        server.close();
        try (var file = disk.open(KEY)) {
            file.write(ByteBuffer.wrap(new byte[] {1}), 32);
        }
        start();
        HttpResponse<String> refused = ask("POST", "/pay/ack", receipt);
        assertThat(refused.statusCode()).isEqualTo(500);
        assertThat(refused.body()).contains("DAMAGED_DATA").contains("or delete it");
    }

    @Test
    void a_server_that_nobody_asked_for_a_queue_made_nothing_for_them() throws Exception {
        assertThat(disk.exists(KEY)).isFalse();
        assertThat(ask("GET", "", "").body()).isEqualTo("{\"queues\":[]}");
        assertThat(disk.exists(KEY)).isFalse();
    }

    @Test
    void messages_and_receipts_outlive_a_restart() throws Exception {
        ask("PUT", "/pay", "");
        ask("POST", "/pay/messages", "{\"text\":\"a\"}");
        String receipt = receive();
        assertThat(ask("POST", "/pay/extend", receipt).body()).contains("\"done\"");
        restart();
        assertThat(ask("POST", "/pay/ack", receipt).body()).contains("\"done\"");
        restart();
        assertThat(ask("GET", "/pay", "").body()).contains("\"ready\":0").contains("\"leased\":0");
    }
}
