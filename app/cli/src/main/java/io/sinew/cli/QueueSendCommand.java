package io.sinew.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew queue send`.
@Command(
        name = "send",
        description = {
            "Send messages to a queue: each TEXT, or each line of the standard input.",
            "What it says it has sent survives a power failure."
        })
final class QueueSendCommand implements Callable<Integer> {
    private static final int BATCH_MESSAGES = 1_000;
    private static final int BATCH_CHARS = 1 << 20;

    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();

    @Parameters(paramLabel = "QUEUE", description = "Where to.")
    private String queue = "";

    @Parameters(index = "1..*", paramLabel = "TEXT", description = "Messages.")
    private List<String> texts = new ArrayList<>();

    @Option(
            names = {"-k", "--key"},
            paramLabel = "KEY",
            description = "A key for every message.")
    private @Nullable String key;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "KEY=VALUE",
            description = "A header for every message.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description = "Not to be delivered before so much time has passed: 10m.")
    private @Nullable Duration delay;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description = "How long it lives: 1d. Default: what the queue's settings say.")
    private @Nullable Duration ttl;

    @Option(
            names = "--priority",
            paramLabel = "0..9",
            description = "Higher goes first. Default: 4.")
    private @Nullable Integer priority;

    @Option(
            names = {"-g", "--group"},
            paramLabel = "NAME",
            description = "Messages of one group are delivered in their order, one at a time.")
    private @Nullable String group;

    @Option(
            names = "--dedupe",
            paramLabel = "ID",
            description = "For one message: not to be sent if one with this id was, lately.")
    private @Nullable String dedupeId;

    private long sent;
    private long duplicates;

    QueueSendCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (ServerOverHttp server = http.connect()) {
            if (texts.isEmpty()) {
                sendLines(server);
            } else {
                send(server, texts);
            }
        } finally {
            report();
        }
        return ExitCode.DONE.number();
    }

    private void sendLines(ServerOverHttp server) throws IOException {
        var in = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
        var batch = new ArrayList<String>();
        int chars = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            batch.add(line);
            chars += line.length();
            // Somebody who types wants to see his line go.
            if (batch.size() >= BATCH_MESSAGES || chars >= BATCH_CHARS || !in.ready()) {
                send(server, batch);
                batch.clear();
                chars = 0;
            }
        }
        if (!batch.isEmpty()) {
            send(server, batch);
        }
    }

    private void send(ServerOverHttp server, List<String> batch) {
        if (dedupeId != null && sent + duplicates + batch.size() > 1) {
            throw new CommandException(
                    ExitCode.USAGE, "--dedupe is for one message: an id belongs to one");
        }
        List<Map<String, Object>> messages = batch.stream().map(this::message).toList();
        JsonNode answer =
                server.post(ServerOverHttp.queue(queue, "messages"), Map.of("messages", messages));
        for (JsonNode one : answer.path("sent")) {
            if (one.path("duplicate").asBoolean()) {
                duplicates++;
            } else {
                sent++;
            }
        }
    }

    private Map<String, Object> message(String text) {
        var message = new LinkedHashMap<String, Object>();
        message.put("text", text);
        put(message, "key", key);
        if (!headers.isEmpty()) {
            message.put("headers", headers);
        }
        put(message, "delayMs", delay == null ? null : delay.toMillis());
        put(message, "ttlMs", ttl == null ? null : ttl.toMillis());
        put(message, "priority", priority);
        put(message, "group", group);
        put(message, "dedupeId", dedupeId);
        return message;
    }

    private static void put(Map<String, Object> message, String member, @Nullable Object value) {
        if (value != null) {
            message.put(member, value);
        }
    }

    private void report() {
        terminal.err().println(sent + (sent == 1 ? " message to " : " messages to ") + queue);
        if (duplicates > 0) {
            terminal.err().println(duplicates + " was there already");
        }
    }
}
