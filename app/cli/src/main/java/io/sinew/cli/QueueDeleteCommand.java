package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sinew queue delete`.
@Command(
        name = "delete",
        description = "Delete a queue with all its messages, and its dead letters.")
final class QueueDeleteCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();

    @Parameters(paramLabel = "QUEUE", description = "Its name.")
    private String queue = "";

    @Option(names = "--if-exists", description = "Pass over a queue that is not there.")
    private boolean ifExists;

    QueueDeleteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            server.delete(ServerOverHttp.queue(queue));
            terminal.out().println("Deleted queue " + queue);
        } catch (CommandException e) {
            if (e.exitCode() != ExitCode.NOT_FOUND || !ifExists) {
                throw e;
            }
            terminal.out().println("There is no queue " + queue);
        }
        return ExitCode.DONE.number();
    }
}
