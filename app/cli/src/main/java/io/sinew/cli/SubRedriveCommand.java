package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `sinew sub redrive`.
@Command(
        name = "redrive",
        description = {
            "Have parked messages tried again, as if they had never failed.",
            "Nobody but the consumers of this subscription sees anything of it."
        })
final class SubRedriveCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private SubscriptionName subscription = new SubscriptionName();
    @Mixin private ParkedChoice choice = new ParkedChoice();

    SubRedriveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            choice.run(server, subscription.path("redrive"), "redriven", terminal);
        }
        return ExitCode.DONE.number();
    }
}
