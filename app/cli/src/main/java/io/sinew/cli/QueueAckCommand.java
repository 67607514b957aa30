package io.sinew.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew queue ack`.
@Command(name = "ack", description = "Say that messages are dealt with.")
final class QueueAckCommand implements Callable<Integer> {
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

    QueueAckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            JsonNode answer =
                    server.post(ServerOverHttp.queue(queue, "ack"), Map.of("receipts", receipts));
            SettledMessages.of(answer).report(terminal, "Acknowledged");
        }
        return ExitCode.DONE.number();
    }
}
