package io.sinew.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew sub ack`.
@Command(name = "ack", description = "Say that messages are dealt with.")
final class SubAckCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private SubscriptionName subscription = new SubscriptionName();

    @Parameters(
            index = "2..*",
            paramLabel = "RECEIPT",
            arity = "1..*",
            description = "What `sub pull` showed.")
    private List<String> receipts = new ArrayList<>();

    SubAckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            JsonNode answer = server.post(subscription.path("ack"), Map.of("receipts", receipts));
            SettledMessages.of(answer).report(terminal, "Acknowledged");
        }
        return ExitCode.DONE.number();
    }
}
