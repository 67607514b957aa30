package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew queue describe`.
@Command(name = "describe", description = "Show a queue's state and its settings.")
final class QueueDescribeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private OutputOption output = new OutputOption();
    @Mixin private Watch watch = new Watch();

    @Parameters(paramLabel = "QUEUE", description = "Its name.")
    private String queue = "";

    QueueDescribeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            watch.show(
                    terminal,
                    output.format(),
                    () -> print(server.get(ServerOverHttp.queue(queue))));
        }
        return ExitCode.DONE.number();
    }

    private void print(JsonNode answer) {
        var report =
                new Report()
                        .fact("queue", queue)
                        .fact("partitions", answer.path("partitions").asLong())
                        .fact("paused", answer.path("paused").asBoolean())
                        .fact("deadLetters", answer.path("deadLetters").asString(""));
        answer.path("counts").forEachEntry((state, count) -> report.fact(state, count.asLong()));
        var settings =
                new Listing(Column.text("setting", "SETTING"), Column.text("value", "VALUE"));
        answer.path("settings")
                .forEachEntry((name, value) -> settings.add(name, value.asString("")));
        report.listing("settings", settings).print(terminal, output.format());
    }
}
