package io.sinew.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew queue redrive`.
@Command(
        name = "redrive",
        description = {
            "Send the dead letters of a queue to it again.",
            "Those that are not meant stay as they are, and so do those that somebody has received."
                    + " Ctrl-C stops it between two letters; what was sent is sent, and the same"
                    + " command goes on with the rest."
        })
final class QueueRedriveCommand implements Callable<Integer> {
    /// Dead letters that the server sends again for one request, and how long it takes for that at
    /// most: nobody waits for longer who wants to stop it.
    private static final int REQUEST_MAX = 10_000;

    private static final int REQUEST_MS = 1_000;
    private static final Pattern RATE = Pattern.compile("([0-9]{1,7})(/s)?");
    private static final Pattern LETTER = Pattern.compile("([0-9]{1,9}):([0-9]{1,18})");

    private final Terminal terminal;
    private volatile boolean stopped;

    @Mixin private HttpOptions http = new HttpOptions();

    @Parameters(paramLabel = "QUEUE", description = "The queue that they come from.")
    private String queue = "";

    @Option(
            names = {"-n", "--max"},
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many at most. Default: 1000.")
    private long max;

    @Option(names = "--all", description = "However many there are, in place of --max.")
    private boolean all;

    @Option(
            names = "--letter",
            paramLabel = "PARTITION:OFFSET",
            description = "Only this one, as `queue dead` shows it.")
    private @Nullable String letter;

    @Option(
            names = "--reason",
            paramLabel = "failed|expired|rejected|gone",
            description = "Only those that are dead for this reason.")
    private @Nullable String reason;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "KEY=VALUE",
            description = "Only those with this header.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--group", paramLabel = "NAME", description = "Only those of this group.")
    private @Nullable String group;

    @Option(
            names = "--rate",
            paramLabel = "N/s",
            description = "How many a second at most: 50/s. Default: as fast as it goes.")
    private @Nullable String rate;

    @Option(
            names = "--from",
            paramLabel = "PLACE",
            description = "Go on where another one was stopped, as it said.")
    private @Nullable String from;

    @Option(names = "--dry-run", description = "Only say how many it would be.")
    private boolean dry;

    QueueRedriveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (headers.size() > 1) {
            throw new CommandException(ExitCode.USAGE, "--header is given once at most");
        }
        try (ServerOverHttp server = http.connect()) {
            if (letter != null) {
                one(server, letter);
            } else {
                several(server);
            }
        }
        return ExitCode.DONE.number();
    }

    private void one(ServerOverHttp server, String name) {
        Matcher place = LETTER.matcher(name);
        boolean alone = reason == null && headers.isEmpty() && group == null && from == null;
        if (!place.matches() || !alone || dry) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--letter is PARTITION:OFFSET, such as 0:17, and names one: no other option"
                            + " goes with it");
        }
        var body =
                Map.of(
                        "partition", Long.parseLong(place.group(1)),
                        "offset", Long.parseLong(place.group(2)));
        JsonNode answer = server.post(ServerOverHttp.queue(queue, "redrive"), body);
        if (answer.path("redriven").asInt() == 0) {
            throw new CommandException(
                    ExitCode.NOT_FOUND,
                    "there is no dead letter "
                            + name
                            + " of '"
                            + queue
                            + "', or somebody has it at the moment");
        }
        terminal.out().println(sent(1));
    }

    private void several(ServerOverHttp server) {
        long most = all ? Long.MAX_VALUE : max;
        long sent = 0;
        String next = from;
        boolean more = true;
        try (var interrupt = new Interrupt()) {
            interrupt.stops(() -> stopped = true);
            while (more && sent < most && !stopped) {
                JsonNode answer =
                        server.post(
                                ServerOverHttp.queue(queue, "redrive"), body(most - sent, next));
                sent += answer.path("redriven").asLong();
                next = MessageCells.text(answer.path("next"));
                more = next != null;
            }
            terminal.out().println(dry ? found(sent) : sent(sent));
            if (stopped && more) {
                terminal.out().println("Stopped; the rest stays. Go on with --from " + next);
            }
            terminal.flush();
        }
    }

    private static String sent(long count) {
        return "Sent " + letters(count) + " again";
    }

    private static String found(long count) {
        return letters(count) + " would be sent again; nothing was changed: --dry-run";
    }

    private static String letters(long count) {
        return count + (count == 1 ? " dead letter" : " dead letters");
    }

    private Map<String, Object> body(long most, @Nullable String place) {
        var body = new LinkedHashMap<String, Object>();
        body.put("max", Math.min(most, REQUEST_MAX));
        body.put("withinMs", REQUEST_MS);
        headers.forEach((name, value) -> {
            body.put("headerName", name);
            body.put("headerValue", value);
        });
        if (reason != null) {
            body.put("reason", reason);
        }
        if (group != null) {
            body.put("group", group);
        }
        if (rate != null) {
            body.put("perSecond", perSecond(rate));
        }
        if (place != null) {
            body.put("from", place);
        }
        if (dry) {
            body.put("dryRun", true);
        }
        return body;
    }

    private static long perSecond(String text) {
        Matcher matcher = RATE.matcher(text);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--rate is how many a second, such as 50/s, not '" + text + "'");
        }
        return Long.parseLong(matcher.group(1));
    }
}
