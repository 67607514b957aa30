package io.sinew.server;

import io.sinew.kit.FreePorts;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A server on a cluster, and a client that knows it by the address of its HTTP door.
final class Door implements AutoCloseable {
    private static final int UNAVAILABLE = 503;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final ClusterServer server;

    private Door(ClusterServer server) {
        this.server = server;
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /// A server that the others reach where it listens.
    static Door open(String bootstrap) throws Exception {
        return new Door(start(bootstrap, FreePorts.next(), Optional.empty()));
    }

    /// A server that says that it is somewhere else.
    static Door open(String bootstrap, int port, int advertisedPort) throws Exception {
        return new Door(start(bootstrap, port, Optional.of(loopback(advertisedPort))));
    }

    private static ClusterServer start(
            String bootstrap, int port, Optional<InetSocketAddress> advertised) throws Exception {
        return ClusterServer.start(
                new ClusterServerConfig(bootstrap, Map.of(), loopback(port), advertised));
    }

    /// What was answered, with the members of its JSON found by their names.
    record Answer(int status, Optional<String> retryAfter, String body) {
        List<String> all(String member) {
            var found =
                    Pattern.compile("\"" + member + "\":(?:\"([^\"]*)\"|([^,}\\]]*))")
                            .matcher(body);
            var values = new ArrayList<String>();
            while (found.find()) {
                values.add(found.group(1) == null ? found.group(2) : found.group(1));
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
    }

    /// Asks once.
    Answer ask(String method, String path, String body) throws Exception {
        return ask(request(method, path, body).build());
    }

    /// Asks for some partitions, as another door does.
    Answer askForwarded(String partitions, String method, String path, String body)
            throws Exception {
        return ask(request(method, path, body).header("Sinew-Forwarded", partitions).build());
    }

    private HttpRequest.Builder request(String method, String path, String body) {
        String address = "http://127.0.0.1:" + server.httpAddress().getPort();
        return HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, BodyPublishers.ofString(body));
    }

    private static Answer ask(HttpRequest request) throws Exception {
        HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
        return new Answer(
                answer.statusCode(), answer.headers().firstValue("Retry-After"), answer.body());
    }

    /// An answer that does not end.
    InputStream stream(String path) throws Exception {
        return CLIENT.send(request("GET", path, "").build(), BodyHandlers.ofInputStream()).body();
    }

    /// As a client does that obeys `Retry-After`: partitions are on their way to somebody else.
    Answer insist(String method, String path, String body) throws Exception {
        var pause = new Semaphore(0);
        for (int i = 0; i < 40; i++) {
            Answer answer = ask(method, path, body);
            if (answer.status() != UNAVAILABLE || answer.retryAfter().isEmpty()) {
                return answer;
            }
            boolean _ = pause.tryAcquire(250, TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("refused again and again: " + ask(method, path, body).body());
    }

    @Override
    public void close() {
        server.close();
    }
}
