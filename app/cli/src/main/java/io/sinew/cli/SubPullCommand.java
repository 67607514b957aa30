package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `sinew sub pull`.
@Command(
        name = "pull",
        description = {
            "Receive messages from a subscription.",
            "With --ack it prints each message as a line and acknowledges it; with --at-most-once the"
                    + " other way round. Without, it shows receipts, for `sub ack` and `sub nack`,"
                    + " and each message comes again when its lease has run out."
        })
final class SubPullCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private OutputOption output = new OutputOption();
    @Mixin private SubscriptionName subscription = new SubscriptionName();
    @Mixin private ReceiveOptions receive = new ReceiveOptions();

    SubPullCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            receive.run(server, subscription.path(), terminal, output.format());
        }
        return ExitCode.DONE.number();
    }
}
