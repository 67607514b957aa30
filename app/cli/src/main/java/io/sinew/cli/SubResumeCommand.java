package io.sinew.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `sinew sub resume`.
@Command(name = "resume", description = "Go on with the deliveries of a subscription.")
final class SubResumeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private SubscriptionName subscription = new SubscriptionName();

    SubResumeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            var _ = server.post(subscription.path("resume"), Map.of());
        }
        terminal.out().println("Resumed " + subscription);
        return ExitCode.DONE.number();
    }
}
