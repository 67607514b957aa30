package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sinew sub delete`.
@Command(name = "delete", description = "Delete a subscription with all it knows; the topic stays.")
final class SubDeleteCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private HttpOptions http = new HttpOptions();
    @Mixin private SubscriptionName subscription = new SubscriptionName();

    @Option(names = "--if-exists", description = "Pass over a subscription that is not there.")
    private boolean ifExists;

    SubDeleteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ServerOverHttp server = http.connect()) {
            server.delete(subscription.path());
            terminal.out().println("Deleted subscription " + subscription);
        } catch (CommandException e) {
            if (e.exitCode() != ExitCode.NOT_FOUND || !ifExists) {
                throw e;
            }
            terminal.out().println("There is no subscription " + subscription);
        }
        return ExitCode.DONE.number();
    }
}
