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

/// `sinew queue extend`.
@Command(name = "extend", description = "Keep messages for longer.")
final class QueueExtendCommand implements Callable<Integer> {
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
            names = "--lease",
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description = "For how long from now on: 5m. Default: what the queue's settings say.")
    private @Nullable Duration lease;

    QueueExtendCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var body = new LinkedHashMap<String, Object>();
        body.put("receipts", receipts);
        if (lease != null) {
            body.put("leaseMs", lease.toMillis());
        }
        try (ServerOverHttp server = http.connect()) {
            JsonNode answer = server.post(ServerOverHttp.queue(queue, "extend"), body);
            SettledMessages.of(answer).report(terminal, "Extended");
        }
        return ExitCode.DONE.number();
    }
}
