package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// `sinew sub describe`.
@Command(
        name = "describe",
        description = "Show a subscription's state, its filter and its settings.")
final class SubDescribeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private OutputOption output = new OutputOption();
    @Mixin private Watch watch = new Watch();
    @Mixin private SubscriptionName subscription = new SubscriptionName();

    SubDescribeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            watch.show(terminal, output.format(), () -> print(server.get(subscription.path())));
        }
        return ExitCode.DONE.number();
    }

    private void print(JsonNode answer) {
        var report =
                new Report()
                        .fact("subscription", subscription.name())
                        .fact("topic", subscription.topic())
                        .fact("filter", Json.line(answer.path("filter")))
                        .fact("paused", answer.path("paused").asBoolean());
        answer.path("counts").forEachEntry((state, count) -> report.fact(state, count.asLong()));
        var starts =
                new Listing(
                        Column.number("partition", "PARTITION"), Column.number("start", "START"));
        for (JsonNode start : answer.path("starts")) {
            starts.add(starts.objects().size(), start.asLong());
        }
        var settings =
                new Listing(Column.text("setting", "SETTING"), Column.text("value", "VALUE"));
        answer.path("settings")
                .forEachEntry((name, value) -> settings.add(name, value.asString("")));
        answer.path("push")
                .forEachEntry((name, value) -> settings.add("push." + name, value.asString("")));
        JsonNode push = answer.path("pushState");
        if (!push.isMissingNode()) {
            report.fact("push", push.path("state").asString(""))
                    .fact("pushed", push.path("delivered").asLong())
                    .fact("last error", push.path("lastError").path("cause").asString("none"));
        }
        report.listing("starts", starts)
                .listing("settings", settings)
                .print(terminal, output.format());
    }
}
