package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `sinew sub drop`.
@Command(
        name = "drop",
        description = "Forget parked messages for good; the records stay in the topic.")
final class SubDropCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private SubscriptionName subscription = new SubscriptionName();
    @Mixin private ParkedChoice choice = new ParkedChoice();

    SubDropCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            choice.run(server, subscription.path("drop"), "dropped", terminal);
        }
        return ExitCode.DONE.number();
    }
}
