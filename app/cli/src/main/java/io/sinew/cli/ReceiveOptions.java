package io.sinew.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// How messages are received, and what becomes of them, of a queue or a subscription.
final class ReceiveOptions {
    private static final int REQUEST_MAX = 1_000;
    private static final Duration REQUEST_WAIT = Duration.ofSeconds(20);

    @Option(
            names = {"-n", "--max"},
            paramLabel = "N",
            defaultValue = "1",
            description = "How many at most. Default: 1.")
    private int max;

    @Option(
            names = {"-t", "--wait"},
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            defaultValue = "0s",
            description =
                    "How long to wait for a message: 10s. Default: not at all. With --ack or --at-most-once it counts"
                            + " anew after each.")
    private Duration wait = Duration.ZERO;

    @Option(
            names = "--lease",
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description = "How long it may take. Default: what the queue's settings say.")
    private @Nullable Duration lease;

    @Option(names = "--ack", description = "Acknowledge what was printed.")
    private boolean ack;

    @Option(
            names = "--at-most-once",
            description =
                    "Have each message settled before it is printed: it never comes again, and is lost"
                            + " if it does not get here.")
    private boolean atMostOnce;

    /// Where they are from, and how they are shown.
    private record Place(
            ServerOverHttp server, String path, Terminal terminal, OutputFormat format) {}

    /// @param path of the queue or the subscription
    void run(ServerOverHttp server, String path, Terminal terminal, OutputFormat format) {
        if (atMostOnce && (ack || lease != null)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "what comes --at-most-once is settled: leave out --ack and --lease");
        }
        var place = new Place(server, path, terminal, format);
        boolean lines = ack || atMostOnce;
        List<JsonNode> all = receive(place, lines);
        if (!lines) {
            print(place, all);
        } else if (all.isEmpty()) {
            terminal.err().println("No message came");
        }
    }

    private List<JsonNode> receive(Place place, boolean lines) {
        var all = new ArrayList<JsonNode>();
        boolean more = true;
        while (all.size() < max && more) {
            // Of what is not acknowledged here the leases run: it is shown without a further wait.
            Duration patience = lines || all.isEmpty() ? wait : Duration.ZERO;
            List<JsonNode> some = receive(place, max - all.size(), patience);
            all.addAll(some);
            more = !some.isEmpty();
            if (lines && more) {
                some.forEach(message -> printLine(place, message));
            }
            if (ack && more) {
                acknowledge(place, some);
            }
        }
        return all;
    }

    /// As many as one request gives, after waits that are each short enough for what may be between
    /// here and the server.
    private List<JsonNode> receive(Place place, int most, Duration patience) {
        Duration left = patience;
        while (true) {
            Duration step = left.compareTo(REQUEST_WAIT) < 0 ? left : REQUEST_WAIT;
            var body = new LinkedHashMap<String, Object>();
            body.put("max", Math.min(most, REQUEST_MAX));
            body.put("waitMs", step.toMillis());
            if (atMostOnce) {
                body.put("atMostOnce", true);
            }
            if (lease != null) {
                body.put("leaseMs", lease.toMillis());
            }
            JsonNode answer = place.server().post(place.path() + "/receive", body, step);
            left = left.minus(step);
            if (!answer.path("messages").isEmpty() || left.isZero()) {
                return answer.path("messages").valueStream().toList();
            }
        }
    }

    private static void print(Place place, List<JsonNode> messages) {
        var listing =
                new Listing(
                        Column.text("receipt", "RECEIPT"),
                        Column.number("attempt", "ATTEMPT"),
                        Column.forScripts("sent"),
                        Column.optional("key", "KEY"),
                        Column.text("text", "TEXT"),
                        Column.forScripts("base64"));
        for (JsonNode message : messages) {
            listing.add(
                    message.path("receipt").asString(""),
                    message.path("attempt").asLong(),
                    MessageCells.time(message.path("sentMs")),
                    MessageCells.text(message.path("key")),
                    MessageCells.body(message, place.format()),
                    MessageCells.text(message.path("base64")));
        }
        place.format().print(place.terminal(), listing, "No message came");
    }

    /// The bytes as they are, or for scripts the whole message.
    private static void printLine(Place place, JsonNode message) {
        Terminal terminal = place.terminal();
        switch (place.format()) {
            case JSON -> terminal.out().println(Json.line(message));
            case TABLE -> {
                String coded = MessageCells.text(message.path("base64"));
                if (coded == null) {
                    terminal.out().println(message.path("text").asString(""));
                } else {
                    byte[] bytes = Base64.getDecoder().decode(coded);
                    terminal.out().write(bytes, 0, bytes.length);
                    terminal.out().println();
                }
            }
        }
    }

    private static void acknowledge(Place place, List<JsonNode> messages) {
        if (place.terminal().out().checkError()) {
            throw new CommandException(
                    ExitCode.FAILED, "nobody reads the output any more: nothing was acknowledged");
        }
        List<String> receipts =
                messages.stream().map(message -> message.path("receipt").asString("")).toList();
        JsonNode answer = place.server().post(place.path() + "/ack", Map.of("receipts", receipts));
        SettledMessages settled = SettledMessages.of(answer);
        if (settled.lost() > 0) {
            throw new CommandException(
                    ExitCode.FAILED,
                    settled.lost()
                            + " messages came too late to be acknowledged and may come again: give"
                            + " them more time with --lease");
        }
    }
}
