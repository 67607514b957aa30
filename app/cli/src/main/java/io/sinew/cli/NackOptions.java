package io.sinew.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// What is said of messages that were not dealt with, of a queue or a subscription.
final class NackOptions {
    @Option(
            names = "--delay",
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description = "When they may come again: 30s. Default: what the queue's settings say.")
    private @Nullable Duration delay;

    @Option(
            names = "--cause",
            paramLabel = "TEXT",
            description = "Why, for whoever looks at it when it failed too often.")
    private @Nullable String cause;

    @Option(
            names = "--returned",
            description = "Nothing was wrong with them: it does not count as a failure.")
    private boolean returned;

    @Option(names = "--reject", description = "Never try them again: they are put aside at once.")
    private boolean reject;

    /// @param path of the queue or the subscription
    void run(ServerOverHttp server, String path, List<String> receipts, Terminal terminal) {
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
        String what = reject ? "/reject" : "/nack";
        JsonNode answer = server.post(path + what, body);
        String did = reject ? "Rejected" : returned ? "Returned" : "Failed";
        SettledMessages.of(answer).report(terminal, did);
    }
}
