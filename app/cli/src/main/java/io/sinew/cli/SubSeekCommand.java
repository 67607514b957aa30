package io.sinew.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sinew sub seek`.
@Command(
        name = "seek",
        description = {
            "Go on from somewhere else, also with what was dealt with before.",
            "All messages of the subscription are forgotten: consumers have theirs no more, and"
                    + " nothing is parked any more."
        })
final class SubSeekCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private SubscriptionName subscription = new SubscriptionName();

    @Option(
            names = "--to",
            paramLabel = "POSITION",
            required = true,
            description =
                    "end, beginning, an offset (the same in each partition), or a time:"
                            + " 2026-11-29T12:00:00Z.")
    private String to = "";

    SubSeekCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            var _ = server.post(subscription.path("seek"), Map.of("to", to));
        }
        terminal.out().println("Goes on from " + to + ": " + subscription);
        return ExitCode.DONE.number();
    }
}
