package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sinew queue receive`.
@Command(
        name = "receive",
        description = {
            "Receive messages from a queue.",
            "With --ack it prints each message as a line and acknowledges it; with --at-most-once the"
                    + " other way round. Without, it shows receipts, for `queue ack` and `queue nack`, and each message comes again when"
                    + " its lease has run out."
        })
final class QueueReceiveCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private OutputOption output = new OutputOption();

    @Parameters(paramLabel = "QUEUE", description = "Where from.")
    private String queue = "";

    @Mixin private ReceiveOptions receive = new ReceiveOptions();

    QueueReceiveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            receive.run(server, ServerOverHttp.queue(queue), terminal, output.format());
        }
        return ExitCode.DONE.number();
    }
}
