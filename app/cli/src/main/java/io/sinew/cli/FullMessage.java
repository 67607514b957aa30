package io.sinew.cli;

import tools.jackson.databind.JsonNode;

/// A message that is not delivered any more, as people see all of it: what was sent, and what
/// became of it.
final class FullMessage {
    private FullMessage() {}

    /// @param word what it is called, above its place
    /// @param why with its reason and its history
    static void print(String word, JsonNode message, JsonNode why, Terminal terminal) {
        var failures = new Listing(Column.text("at", "FAILED AT"), Column.text("cause", "CAUSE"));
        for (JsonNode failure : why.path("history")) {
            failures.add(
                    MessageCells.time(failure.path("atMs")),
                    MessageCells.harmless(failure.path("cause").asString("")));
        }
        var headers = new Listing(Column.text("name", "HEADER"), Column.text("value", "VALUE"));
        message.path("headers").properties().stream()
                .filter(header -> !header.getKey().startsWith("sinew-dead-"))
                .forEach(header ->
                        headers.add(
                                MessageCells.harmless(header.getKey()),
                                MessageCells.harmless(header.getValue().asString(""))));
        String place = message.path("partition").asLong() + ":" + message.path("offset").asLong();
        var report = new Report().fact(word, place).fact("reason", why.path("reason").asString(""));
        if (why.has("queue")) {
            report.fact("sentTo", why.path("queue").asString(""));
        }
        JsonNode sentMs = why.has("sentMs") ? why.path("sentMs") : message.path("sentMs");
        report.fact("sentAt", MessageCells.time(sentMs))
                .fact("failures", why.path("failures").asLong())
                .fact("key", MessageCells.text(message.path("key")))
                .fact("text", MessageCells.body(message, OutputFormat.TABLE))
                .listing("history", failures)
                .listing("headers", headers)
                .print(terminal, OutputFormat.TABLE);
    }
}
