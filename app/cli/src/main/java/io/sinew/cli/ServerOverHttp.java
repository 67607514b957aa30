package io.sinew.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A server's work queues and subscriptions, over HTTP (docs/http-api.md). Paths are from the root.
///
/// All throw [CommandException]: `NO_ANSWER` when nothing listens there, `NOT_FOUND` for what there
/// is not, `IN_THE_WAY` for what there is already, `FAILED` for the rest.
final class ServerOverHttp implements AutoCloseable {
    /// How long to be connected; and to be answered, beyond what a request waits for messages.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// Where queues are.
    static final String QUEUES = "/v1/queues";

    private static final int NO_CONTENT = 204;
    private static final int FIRST_REFUSAL = 400;

    private final HostPort address;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();

    ServerOverHttp(HostPort address) {
        this.address = address;
    }

    JsonNode get(String path) {
        return ask("GET", path, Map.of(), Duration.ZERO);
    }

    JsonNode put(String path, Map<String, ? extends @Nullable Object> body) {
        return ask("PUT", path, body, Duration.ZERO);
    }

    void delete(String path) {
        var _ = ask("DELETE", path, Map.of(), Duration.ZERO);
    }

    JsonNode post(String path, Map<String, ? extends @Nullable Object> body) {
        return post(path, body, Duration.ZERO);
    }

    /// @param wait how long the server may wait until it answers
    JsonNode post(String path, Map<String, ? extends @Nullable Object> body, Duration wait) {
        return ask("POST", path, body, wait);
    }

    /// The path of a queue, or of what can be done with it.
    static String queue(String queue, String... more) {
        return below(QUEUES + "/" + encoded(queue), more);
    }

    /// The path of a topic, or of what it has.
    static String topic(String topic, String... more) {
        return below("/v1/topics/" + encoded(topic), more);
    }

    private static String below(String path, String... more) {
        return more.length == 0 ? path : path + "/" + String.join("/", more);
    }

    /// A name as it stands in a path.
    static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode ask(
            String method,
            String path,
            Map<String, ? extends @Nullable Object> body,
            Duration wait) {
        var uri = URI.create("http://" + address + path);
        String text = body.isEmpty() ? "" : Json.line(body);
        var request =
                HttpRequest.newBuilder(uri)
                        .timeout(PATIENCE.plus(wait))
                        .method(method, BodyPublishers.ofString(text))
                        .build();
        try {
            return read(client.send(request, BodyHandlers.ofString()));
        } catch (ConnectException e) {
            throw new CommandException(
                    ExitCode.NO_ANSWER,
                    "nothing answers at "
                            + address
                            + ": start Sinew with `./sinew up`, or name a server with --http",
                    e);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.NO_ANSWER,
                    address + " did not answer: " + e + ". Is it Sinew's address for HTTP?",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.FAILED, "interrupted", e);
        }
    }

    private JsonNode read(HttpResponse<String> answer) {
        String text = answer.statusCode() == NO_CONTENT ? "{}" : answer.body();
        JsonNode json;
        try {
            json = Json.read(text);
        } catch (JacksonException e) {
            throw stranger(answer, e);
        }
        if (answer.statusCode() < FIRST_REFUSAL) {
            return json;
        }
        String code = json.path("code").asString("");
        if (code.isEmpty()) {
            throw stranger(answer, null);
        }
        ExitCode exitCode =
                switch (code) {
                    case "QUEUE_NOT_FOUND",
                            "SUBSCRIPTION_NOT_FOUND",
                            "UNKNOWN_TOPIC_OR_PARTITION" ->
                            ExitCode.NOT_FOUND;
                    case "QUEUE_ALREADY_EXISTS",
                            "TOPIC_ALREADY_EXISTS",
                            "SUBSCRIPTION_ALREADY_EXISTS" ->
                            ExitCode.IN_THE_WAY;
                    default -> ExitCode.FAILED;
                };
        throw new CommandException(exitCode, json.path("detail").asString(""));
    }

    private CommandException stranger(HttpResponse<String> answer, @Nullable Exception cause) {
        String message =
                "what answers at "
                        + address
                        + " (status "
                        + answer.statusCode()
                        + ") is not Sinew's HTTP door, or one of another version: name it with"
                        + " --http";
        return cause == null
                ? new CommandException(ExitCode.FAILED, message)
                : new CommandException(ExitCode.FAILED, message, cause);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
