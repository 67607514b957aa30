package io.sinew.cli;

import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sinew sub preview`.
@Command(
        name = "preview",
        description = "Show which of the last records of a topic a filter lets through.")
final class SubPreviewCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private OutputOption output = new OutputOption();
    @Mixin private FilterOption filter = new FilterOption();

    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic = "";

    @Option(
            names = {"-n", "--last"},
            paramLabel = "N",
            defaultValue = "20",
            description = "How many of each partition at most, up to 1000. Default: 20.")
    private int last;

    SubPreviewCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var body = new LinkedHashMap<String, Object>();
        filter.into(body);
        body.put("last", last);
        try (ServerOverHttp server = http.connect()) {
            print(server.post(ServerOverHttp.topic(topic, "preview"), body));
        }
        return ExitCode.DONE.number();
    }

    private void print(JsonNode answer) {
        var listing =
                new Listing(
                        Column.number("partition", "PARTITION"),
                        Column.number("offset", "OFFSET"),
                        Column.text("matches", "MATCHES"),
                        Column.forScripts("time"),
                        Column.optional("key", "KEY"),
                        Column.text("text", "TEXT"),
                        Column.forScripts("base64"));
        for (JsonNode each : answer.path("records")) {
            listing.add(
                    each.path("partition").asLong(),
                    each.path("offset").asLong(),
                    each.path("matches").asBoolean(),
                    MessageCells.time(each.path("timestampMs")),
                    MessageCells.text(each.path("key")),
                    MessageCells.body(each, output.format()),
                    MessageCells.text(each.path("base64")));
        }
        output.format().print(terminal, listing, "There are no records in " + topic);
    }
}
