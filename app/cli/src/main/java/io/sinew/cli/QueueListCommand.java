package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// `sinew queue list`.
@Command(
        name = "list",
        description = "List the queues with how many of their messages are in which state.")
final class QueueListCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private OutputOption output = new OutputOption();
    @Mixin private Watch watch = new Watch();

    QueueListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            watch.show(
                    terminal,
                    output.format(),
                    () -> print(server.get(ServerOverHttp.QUEUES + "?counts=true")));
        }
        return ExitCode.DONE.number();
    }

    private void print(JsonNode answer) {
        var listing =
                new Listing(
                        Column.text("queue", "QUEUE"),
                        Column.number("partitions", "PARTITIONS"),
                        Column.number("ready", "READY"),
                        Column.number("delayed", "DELAYED"),
                        Column.number("leased", "LEASED"),
                        Column.number("doomed", "DOOMED"),
                        Column.number("unseen", "UNSEEN"),
                        Column.text("paused", "PAUSED"));
        for (JsonNode queue : answer.path("queues")) {
            JsonNode counts = queue.path("counts");
            listing.add(
                    queue.path("name").asString(""),
                    queue.path("partitions").asLong(),
                    counts.path("ready").asLong(),
                    counts.path("delayed").asLong(),
                    counts.path("leased").asLong(),
                    counts.path("doomed").asLong(),
                    counts.path("unseen").asLong(),
                    queue.path("paused").asBoolean());
        }
        output.format().print(terminal, listing, "There are no queues yet");
    }
}
