package io.sinew.http;

import io.sinew.base.Metrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A door with queues and topics behind it, and a client that knows it by its address only.
final class QueueClient implements AutoCloseable {
    /// For what must come; only a test that fails waits so long.
    private static final int PATIENCE_MS = 30_000;

    private static final Health UP = new Health(Health.Status.UP, "", "1", 0);

    private static DescribedDoor described;

    private final HttpClient client = HttpClient.newHttpClient();
    final QueuesBehind behind = new QueuesBehind();
    private HttpDoor door;

    private final String root;
    private final HttpLimits limits;

    QueueClient() throws IOException {
        this(QueueRoutes.ROOT);
    }

    /// @param root what every path begins with
    QueueClient(String root) throws IOException {
        this(root, HttpLimits.defaults());
    }

    QueueClient(String root, HttpLimits limits) throws IOException {
        this.root = root;
        this.limits = limits;
        door = open();
    }

    private HttpDoor open() {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return HttpDoor.open(address, behind.contents(() -> UP, new Metrics()), limits);
    }

    /// Stops all of it and starts it again.
    void restart() throws IOException {
        door.close();
        behind.restart();
        door = open();
    }

    int followedPartitions() {
        return door.followedPartitions();
    }

    int port() {
        return door.address().getPort();
    }

    void closeDoor() {
        door.close();
    }

    /// An answer; with the members of its JSON found by their names, for the tests.
    record Answer(int status, String body, HttpHeaders headers) {
        Answer(int status, String body) {
            this(status, body, HttpHeaders.of(Map.of(), (_, _) -> true));
        }

        /// The values of a member with that name, in their order, texts without their quotes.
        List<String> all(String member) {
            Matcher matcher =
                    Pattern.compile("\"" + member + "\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^,}\\]]*))")
                            .matcher(body);
            var values = new ArrayList<String>();
            while (matcher.find()) {
                values.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
            }
            return values;
        }

        String one(String member) {
            List<String> values = all(member);
            if (values.size() != 1) {
                throw new AssertionError("'" + member + "' is not there once: " + body);
            }
            return values.getFirst();
        }

        String code() {
            return one("code");
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + door.address().getPort() + path))
                .timeout(Duration.ofMillis(PATIENCE_MS));
    }

    Answer send(String method, String path, byte[] body) throws Exception {
        return sendTo(method, root + path, List.of(), body);
    }

    /// The description that all doors have, of which every answer has to be.
    private DescribedDoor described() throws Exception {
        synchronized (QueueClient.class) {
            if (described == null) {
                HttpRequest request = request("/openapi.json").build();
                described = new DescribedDoor(client.send(request, BodyHandlers.ofString()).body());
            }
            return described;
        }
    }

    /// @param path from the root
    /// @param headers names and values in turn
    Answer sendTo(String method, String path, List<String> headers, byte[] body) throws Exception {
        HttpRequest.Builder building = request(path);
        for (int i = 0; i < headers.size(); i += 2) {
            building.header(headers.get(i), headers.get(i + 1));
        }
        var request = building.method(method, BodyPublishers.ofByteArray(body)).build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        HttpHeaders got = answer.headers();
        String type = request.headers().firstValue("content-type").orElse("");
        described()
                .check(
                        new DescribedDoor.Call(method, path, body, type),
                        answer.statusCode(),
                        got.firstValue("content-type").orElse(""),
                        answer.body());
        return new Answer(answer.statusCode(), answer.body(), got);
    }

    /// The status that a body is answered with which is announced and never sent.
    int announce(String method, String path, long bytes) throws IOException {
        try (Socket socket = connect()) {
            String head = method + " " + root + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: ";
            socket.getOutputStream()
                    .write((head + bytes + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] status = socket.getInputStream().readNBytes(12);
            return Integer.parseInt(new String(status, 9, 3, StandardCharsets.US_ASCII));
        }
    }

    Answer get(String path) throws Exception {
        return send("GET", path, new byte[0]);
    }

    Answer post(String path, String body) throws Exception {
        return send("POST", path, body.getBytes(StandardCharsets.UTF_8));
    }

    Answer put(String path, String body) throws Exception {
        return send("PUT", path, body.getBytes(StandardCharsets.UTF_8));
    }

    Answer delete(String path) throws Exception {
        return send("DELETE", path, new byte[0]);
    }

    /// A connection of its own, for what a client library would not send.
    Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), door.address().getPort());
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    @Override
    public void close() throws IOException {
        client.close();
        door.close();
        behind.close();
    }
}
