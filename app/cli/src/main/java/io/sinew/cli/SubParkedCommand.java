package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `sinew sub parked`.
@Command(
        name = "parked",
        description = "Look at messages that a subscription delivers no more, and why.")
final class SubParkedCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private OutputOption output = new OutputOption();
    @Mixin private SubscriptionName subscription = new SubscriptionName();

    @Option(
            names = {"-n", "--max"},
            paramLabel = "N",
            defaultValue = "10",
            description = "How many at most, up to 100. Default: 10.")
    private int max;

    @Option(
            names = "--from",
            paramLabel = "PARTITION:OFFSET",
            defaultValue = "0:0",
            description = "Go on where another one ended, as it said.")
    private String from = "";

    @Option(
            names = "--full",
            description = "Each with all its headers and all that was said when it failed.")
    private boolean full;

    SubParkedCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            ParkedChoice.Place place = ParkedChoice.Place.parse("--from", from);
            String query =
                    "parked?partition="
                            + place.partition()
                            + "&offset="
                            + place.offset()
                            + "&max="
                            + max;
            JsonNode answer = server.get(subscription.path(query));
            JsonNode messages = answer.path("messages");
            if (!full || messages.isEmpty()) {
                printTable(messages);
            } else {
                switch (output.format()) {
                    case JSON -> terminal.out().println(Json.pretty(messages));
                    case TABLE -> printFull(messages);
                }
            }
            if (answer.has("next")) {
                JsonNode next = answer.path("next");
                terminal.err()
                        .println(
                                "There are more; go on with --from "
                                        + next.path("partition").asLong()
                                        + ":"
                                        + next.path("offset").asLong());
            }
        }
        return ExitCode.DONE.number();
    }

    private void printTable(JsonNode messages) {
        var listing =
                new Listing(
                        Column.number("partition", "PARTITION"),
                        Column.number("offset", "OFFSET"),
                        Column.text("reason", "REASON"),
                        Column.number("failures", "FAILURES"),
                        Column.text("cause", "LAST CAUSE"),
                        Column.optional("key", "KEY"),
                        Column.text("text", "TEXT"),
                        Column.forScripts("base64"));
        for (JsonNode message : messages) {
            JsonNode history = message.path("history");
            String cause = history.path(history.size() - 1).path("cause").asString("");
            listing.add(
                    message.path("partition").asLong(),
                    message.path("offset").asLong(),
                    message.path("reason").asString(""),
                    message.path("failures").asLong(),
                    output.format() == OutputFormat.TABLE ? MessageCells.harmless(cause) : cause,
                    MessageCells.text(message.path("key")),
                    MessageCells.body(message, output.format()),
                    MessageCells.text(message.path("base64")));
        }
        output.format().print(terminal, listing, "Nothing is parked");
    }

    private void printFull(JsonNode messages) {
        for (int i = 0; i < messages.size(); i++) {
            if (i > 0) {
                terminal.out().println();
            }
            FullMessage.print("message", messages.path(i), messages.path(i), terminal);
        }
    }
}
