package io.sinew.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Which parked messages are meant: some by their places, or all.
final class ParkedChoice {
    @Option(
            names = {"-m", "--message"},
            paramLabel = "PARTITION:OFFSET",
            description = "This one, as `sub parked` shows it. May be given several times.")
    private List<String> places = new ArrayList<>();

    @Option(names = "--all", description = "All that are parked.")
    private boolean all;

    /// Where a message is.
    record Place(long partition, long offset) {
        private static final Pattern TEXT = Pattern.compile("([0-9]{1,9}):([0-9]{1,18})");

        /// @param option that it was given with
        static Place parse(String option, String text) {
            Matcher matcher = TEXT.matcher(text);
            if (!matcher.matches()) {
                throw new CommandException(
                        ExitCode.USAGE,
                        option + " is PARTITION:OFFSET, such as 0:17, not '" + text + "'");
            }
            return new Place(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
        }

        Map<String, Long> forServer() {
            return Map.of("partition", partition, "offset", offset);
        }
    }

    /// Has the server do it, and says how many it was.
    ///
    /// @param counted the member of the answer with the count
    void run(ServerOverHttp server, String path, String counted, Terminal terminal) {
        if (all == !places.isEmpty()) {
            throw new CommandException(
                    ExitCode.USAGE, "say which: --message PARTITION:OFFSET, or --all");
        }
        var body = new HashMap<String, Object>();
        if (!all) {
            body.put(
                    "messages",
                    places.stream()
                            .map(text -> Place.parse("--message", text).forServer())
                            .toList());
        }
        JsonNode answer = server.post(path, body);
        long count = answer.path(counted).asLong();
        if (count == 0 && !all) {
            throw new CommandException(
                    ExitCode.NOT_FOUND,
                    "nothing is parked at " + String.join(", ", places) + " any more");
        }
        String did = counted.equals("redriven") ? "Tries again: " : "Dropped: ";
        terminal.out().println(did + count + (count == 1 ? " message" : " messages"));
        if (!answer.path("complete").asBoolean()) {
            terminal.out().println("There are more; the same command goes on with them");
        }
    }
}
