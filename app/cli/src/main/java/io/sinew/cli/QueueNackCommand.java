package io.sinew.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sinew queue nack`.
@Command(name = "nack", description = "Say that messages failed, give them back, or reject them.")
final class QueueNackCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();

    @Parameters(paramLabel = "QUEUE", description = "The queue that the messages come from.")
    private String queue = "";

    @Parameters(
            index = "1..*",
            paramLabel = "RECEIPT",
            arity = "1..*",
            description = "What `queue receive` showed.")
    private List<String> receipts = new ArrayList<>();

    @Mixin private NackOptions nack = new NackOptions();

    QueueNackCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            nack.run(server, ServerOverHttp.queue(queue), receipts, terminal);
        }
        return ExitCode.DONE.number();
    }
}
