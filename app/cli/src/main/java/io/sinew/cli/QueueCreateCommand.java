package io.sinew.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sinew queue create`.
@Command(name = "create", description = "Create a queue, and one for its dead letters.")
final class QueueCreateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();

    @Parameters(paramLabel = "QUEUE", description = "Its name: letters, digits, '.', '_', '-'.")
    private String queue = "";

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "N",
            defaultValue = "1",
            description = "How many partitions. Default: 1, which is plenty for one server.")
    private int partitions;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "A setting: lease.ms=60000. `queue describe` shows all of them.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--if-not-exists", description = "Take a queue that exists as it is.")
    private boolean ifNotExists;

    QueueCreateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            var _ =
                    server.put(
                            ServerOverHttp.queue(queue),
                            Map.of("partitions", partitions, "settings", settings));
            terminal.out().println("Created queue " + queue);
        } catch (CommandException e) {
            if (e.exitCode() != ExitCode.IN_THE_WAY || !ifNotExists) {
                throw e;
            }
            terminal.out().println("Queue " + queue + " is there already");
        }
        return ExitCode.DONE.number();
    }
}
