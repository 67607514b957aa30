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
        try (ServerOverHttp server = http.connect()) {
            JsonNode answer = server.get(ServerOverHttp.queue(queue, "dead?max=" + max));
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
            JsonNode message = messages.path(i);
            FullMessage.print("letter", message, message.path("dead"), terminal);
        }
    }
}
