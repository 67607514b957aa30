package io.sinew.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sinew queue pause`.
@Command(
        name = "pause",
        description = "Stop the deliveries of a queue; it takes messages as before.")
final class QueuePauseCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();

    @Parameters(paramLabel = "QUEUE", description = "Its name.")
    private String queue = "";

    QueuePauseCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            var _ = server.post(ServerOverHttp.queue(queue, "pause"), Map.of());
        }
        terminal.out().println("Paused " + queue);
        return ExitCode.DONE.number();
    }
}
