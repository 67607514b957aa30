package io.sinew.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `sinew sub create`.
@Command(
        name = "create",
        description =
                "Create a subscription to a topic: a filter, and what its consumers are to do.")
final class SubCreateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private SubscriptionName subscription = new SubscriptionName();
    @Mixin private FilterOption filter = new FilterOption();

    @Option(
            names = "--start",
            paramLabel = "POSITION",
            description =
                    "Where it begins: end (the default), beginning, an offset, or a time:"
                            + " 2026-11-29T12:00:00Z.")
    private String start = "end";

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "A setting: lease.ms=60000. `sub describe` shows all of them.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--push",
            paramLabel = "URL",
            description =
                    "Where its messages are pushed, by the rules of Standard Webhooks; the secret"
                            + " that signs them is shown once. Default: consumers fetch them.")
    private @Nullable String push;

    @Option(
            names = "--push-set",
            paramLabel = "KEY=VALUE",
            description = "A setting of the push: concurrency=4. docs/http-api.md has all of them.")
    private Map<String, String> pushSettings = new LinkedHashMap<>();

    @Option(names = "--if-not-exists", description = "Take a subscription that exists as it is.")
    private boolean ifNotExists;

    SubCreateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var body = new LinkedHashMap<String, Object>();
        filter.into(body);
        body.put("start", start);
        body.put("settings", settings);
        if (push != null) {
            var all = new LinkedHashMap<String, String>(pushSettings);
            all.put("url", push);
            body.put("push", all);
        } else if (!pushSettings.isEmpty()) {
            throw new CommandException(ExitCode.USAGE, "where to? --push-set needs --push URL");
        }
        try (ServerOverHttp server = http.connect()) {
            JsonNode created = server.put(subscription.path(), body);
            terminal.out().println("Created subscription " + subscription);
            if (push != null) {
                terminal.out()
                        .println(
                                "It signs with "
                                        + created.path("push").path("secrets").asString("")
                                        + ", which is not shown again");
            }
        } catch (CommandException e) {
            if (e.exitCode() != ExitCode.IN_THE_WAY || !ifNotExists) {
                throw e;
            }
            terminal.out().println("Subscription " + subscription + " is there already");
        }
        return ExitCode.DONE.number();
    }
}
