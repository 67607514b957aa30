package io.sinew.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sinew queue purge`.
@Command(name = "purge", description = "Drop all messages of a queue that no consumer has.")
final class QueuePurgeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();

    @Parameters(paramLabel = "QUEUE", description = "Its name.")
    private String queue = "";

    QueuePurgeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            var _ = server.post(ServerOverHttp.queue(queue, "purge"), Map.of());
        }
        terminal.out().println("Purged " + queue);
        return ExitCode.DONE.number();
    }
}
