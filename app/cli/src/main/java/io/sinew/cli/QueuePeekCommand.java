package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew queue peek`.
@Command(name = "peek", description = "Look at the first messages of a queue without taking them.")
final class QueuePeekCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private OutputOption output = new OutputOption();

    @Parameters(paramLabel = "QUEUE", description = "Its name.")
    private String queue = "";

    @Option(
            names = {"-n", "--max"},
            paramLabel = "N",
            defaultValue = "10",
            description = "How many at most, up to 100. Default: 10.")
    private int max;

    QueuePeekCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            JsonNode answer = server.get(ServerOverHttp.queue(queue, "peek?max=" + max));
            var listing =
                    new Listing(
                            Column.number("partition", "PARTITION"),
                            Column.number("offset", "OFFSET"),
                            Column.text("state", "STATE"),
                            Column.number("failures", "FAILURES"),
                            Column.optional("due", "DUE"),
                            Column.optional("key", "KEY"),
                            Column.text("text", "TEXT"),
                            Column.forScripts("base64"));
            for (JsonNode message : answer.path("messages")) {
                listing.add(
                        message.path("partition").asLong(),
                        message.path("offset").asLong(),
                        message.path("state").asString(""),
                        message.path("failures").asLong(),
                        MessageCells.time(message.path("dueMs")),
                        MessageCells.text(message.path("key")),
                        MessageCells.body(message, output.format()),
                        MessageCells.text(message.path("base64")));
            }
            output.format().print(terminal, listing, "There are no messages");
        }
        return ExitCode.DONE.number();
    }
}
