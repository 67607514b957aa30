package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew sub list`.
@Command(
        name = "list",
        description =
                "List the subscriptions to a topic with how many of their messages are in which"
                        + " state.")
final class SubListCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private OutputOption output = new OutputOption();
    @Mixin private Watch watch = new Watch();

    @Parameters(paramLabel = "TOPIC", description = "The topic that they are to.")
    private String topic = "";

    SubListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            String path = ServerOverHttp.topic(topic, "subscriptions?counts=true");
            watch.show(terminal, output.format(), () -> print(server.get(path)));
        }
        return ExitCode.DONE.number();
    }

    private void print(JsonNode answer) {
        var listing =
                new Listing(
                        Column.text("subscription", "SUBSCRIPTION"),
                        Column.number("ready", "READY"),
                        Column.number("delayed", "DELAYED"),
                        Column.number("leased", "LEASED"),
                        Column.number("parked", "PARKED"),
                        Column.number("unseen", "UNSEEN"),
                        Column.text("paused", "PAUSED"),
                        Column.text("filter", "FILTER"));
        for (JsonNode each : answer.path("subscriptions")) {
            JsonNode counts = each.path("counts");
            listing.add(
                    each.path("name").asString(""),
                    counts.path("ready").asLong(),
                    counts.path("delayed").asLong(),
                    counts.path("leased").asLong(),
                    counts.path("parked").asLong(),
                    counts.path("unseen").asLong(),
                    each.path("paused").asBoolean(),
                    MessageCells.filter(each.path("filter"), output.format()));
        }
        output.format().print(terminal, listing, "There are no subscriptions to " + topic);
    }
}
