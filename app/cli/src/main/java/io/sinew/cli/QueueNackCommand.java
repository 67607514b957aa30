package io.sinew.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew queue nack`.
@Command(name = "nack", description = "Say that messages failed, give them back, or reject them.")
final class QueueNackCommand implements Callable<Integer> {
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

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description = "When they may come again: 30s. Default: what the queue's settings say.")
    private @Nullable Duration delay;

    @Option(
            names = "--cause",
            paramLabel = "TEXT",
            description = "Why, for whoever looks at the dead letter.")
    private @Nullable String cause;

    @Option(
            names = "--returned",
            description = "Nothing was wrong with them: it does not count as a failure.")
    private boolean returned;

    @Option(
            names = "--reject",
            description = "Never try them again: they become dead letters at once.")
    private boolean reject;

    QueueNackCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (reject && (returned || delay != null)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--reject goes with neither --returned nor --delay: nothing is tried again");
        }
        var body = new LinkedHashMap<String, Object>();
        body.put("receipts", receipts);
        if (returned) {
            body.put("returned", true);
        }
        if (delay != null) {
            body.put("delayMs", delay.toMillis());
        }
        if (cause != null) {
            body.put("cause", cause);
        }
        try (QueueServer server = http.connect()) {
            String what = reject ? "reject" : "nack";
            JsonNode answer = server.post(QueueServer.path(queue, what), body);
            String did = reject ? "Rejected" : returned ? "Returned" : "Failed";
            SettledMessages.of(answer).report(terminal, did);
        }
        return ExitCode.DONE.number();
    }
}
