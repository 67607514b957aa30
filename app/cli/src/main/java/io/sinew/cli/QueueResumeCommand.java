package io.sinew.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sinew queue resume`.
@Command(name = "resume", description = "Go on with the deliveries of a queue.")
final class QueueResumeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();

    @Parameters(paramLabel = "QUEUE", description = "Its name.")
    private String queue = "";

    QueueResumeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            var _ = server.post(ServerOverHttp.queue(queue, "resume"), Map.of());
        }
        terminal.out().println("Resumed " + queue);
        return ExitCode.DONE.number();
    }
}
