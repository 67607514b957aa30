package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew queue dead`.
@Command(
        name = "dead",
        description = "Look at the first dead letters of a queue, and why they are dead.")
final class QueueDeadCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private OutputOption output = new OutputOption();

    @Parameters(paramLabel = "QUEUE", description = "The queue that they come from.")
    private String queue = "";

    @Option(
            names = {"-n", "--max"},
            paramLabel = "N",
            defaultValue = "10",
            description = "How many at most, up to 100. Default: 10.")
    private int max;

    @Option(
            names = "--full",
            description = "Each with all its headers and all that was said when it failed.")
    private boolean full;

    QueueDeadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (QueueServer server = http.connect()) {
            JsonNode answer = server.get(QueueServer.path(queue, "dead?max=" + max));
            JsonNode messages = answer.path("messages");
            if (!full || messages.isEmpty()) {
                printTable(messages);
            } else {
                switch (output.format()) {
                    case JSON -> terminal.out().println(Json.pretty(messages));
                    case TABLE -> printFull(messages);
                }
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
            JsonNode dead = message.path("dead");
            JsonNode history = dead.path("history");
            listing.add(
                    message.path("partition").asLong(),
                    message.path("offset").asLong(),
                    dead.path("reason").asString(""),
                    dead.path("failures").asLong(),
                    history.path(history.size() - 1).path("cause").asString(""),
                    MessageCells.text(message.path("key")),
                    MessageCells.body(message, output.format()),
                    MessageCells.text(message.path("base64")));
        }
        output.format().print(terminal, listing, "There are no dead letters");
    }

    /// Each letter, as what was sent and what became of it.
    private void printFull(JsonNode messages) {
        for (int i = 0; i < messages.size(); i++) {
            if (i > 0) {
                terminal.out().println();
            }
            printFull(messages.path(i), messages.path(i).path("dead"));
        }
    }

    private void printFull(JsonNode message, JsonNode dead) {
        var failures = new Listing(Column.text("at", "FAILED AT"), Column.text("cause", "CAUSE"));
        for (JsonNode failure : dead.path("history")) {
            failures.add(
                    MessageCells.time(failure.path("atMs")),
                    MessageCells.harmless(failure.path("cause").asString("")));
        }
        var headers = new Listing(Column.text("name", "HEADER"), Column.text("value", "VALUE"));
        message.path("headers").properties().stream()
                .filter(header -> !header.getKey().startsWith("sinew-dead-"))
                .forEach(header ->
                        headers.add(
                                MessageCells.harmless(header.getKey()),
                                MessageCells.harmless(header.getValue().asString(""))));
        String letter = message.path("partition").asLong() + ":" + message.path("offset").asLong();
        new Report()
                .fact("letter", letter)
                .fact("reason", dead.path("reason").asString(""))
                .fact("sentTo", dead.path("queue").asString(""))
                .fact("sentAt", MessageCells.time(dead.path("sentMs")))
                .fact("failures", dead.path("failures").asLong())
                .fact("key", MessageCells.text(message.path("key")))
                .fact("text", MessageCells.body(message, output.format()))
                .listing("history", failures)
                .listing("headers", headers)
                .print(terminal, output.format());
    }
}
