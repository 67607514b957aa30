package io.sinew.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sinew sub nack`.
@Command(name = "nack", description = "Say that messages failed, give them back, or reject them.")
final class SubNackCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private SubscriptionName subscription = new SubscriptionName();

    @Parameters(
            index = "2..*",
            paramLabel = "RECEIPT",
            arity = "1..*",
            description = "What `sub pull` showed.")
    private List<String> receipts = new ArrayList<>();

    @Mixin private NackOptions nack = new NackOptions();

    SubNackCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            nack.run(server, subscription.path(), receipts, terminal);
        }
        return ExitCode.DONE.number();
    }
}
