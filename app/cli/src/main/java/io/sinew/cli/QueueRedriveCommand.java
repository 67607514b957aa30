package io.sinew.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew queue redrive`.
@Command(name = "redrive", description = "Send the dead letters of a queue to it again.")
final class QueueRedriveCommand implements Callable<Integer> {
    /// Dead letters that the server sends again for one request.
    private static final int REQUEST_MAX = 10_000;

    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();

    @Parameters(paramLabel = "QUEUE", description = "The queue that they come from.")
    private String queue = "";

    @Option(
            names = {"-n", "--max"},
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many at most. Default: 1000.")
    private int max;

    @Option(
            names = "--reason",
            paramLabel = "failed|expired|rejected",
            description = "Only those that are dead for this reason.")
    private @Nullable String reason;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "KEY=VALUE",
            description = "Only those with this header.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--per-second",
            paramLabel = "N",
            description = "How many a second at most. Default: as fast as it goes.")
    private @Nullable Integer perSecond;

    QueueRedriveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (headers.size() > 1) {
            throw new CommandException(ExitCode.USAGE, "--header is given once at most");
        }
        int sent = 0;
        try (QueueServer server = http.connect()) {
            boolean complete = false;
            while (sent < max && !complete) {
                JsonNode answer = server.post(QueueServer.path(queue, "redrive"), body(max - sent));
                sent += answer.path("redriven").asInt();
                // When it was as many as one request asks for there may be more.
                complete =
                        answer.path("complete").asBoolean()
                                && answer.path("redriven").asInt() < REQUEST_MAX;
            }
        }
        terminal.out()
                .println(
                        "Sent " + sent + (sent == 1 ? " dead letter" : " dead letters") + " again");
        return ExitCode.DONE.number();
    }

    private Map<String, Object> body(int most) {
        var body = new LinkedHashMap<String, Object>();
        body.put("max", Math.min(most, REQUEST_MAX));
        headers.forEach((name, value) -> {
            body.put("headerName", name);
            body.put("headerValue", value);
        });
        if (reason != null) {
            body.put("reason", reason);
        }
        if (perSecond != null) {
            body.put("perSecond", perSecond);
        }
        return body;
    }
}
