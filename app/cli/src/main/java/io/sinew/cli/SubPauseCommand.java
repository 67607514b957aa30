package io.sinew.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `sinew sub pause`.
@Command(
        name = "pause",
        description = "Stop the deliveries of a subscription; others notice nothing.")
final class SubPauseCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private SubscriptionName subscription = new SubscriptionName();

    SubPauseCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            var _ = server.post(subscription.path("pause"), Map.of());
        }
        terminal.out().println("Paused " + subscription);
        return ExitCode.DONE.number();
    }
}
