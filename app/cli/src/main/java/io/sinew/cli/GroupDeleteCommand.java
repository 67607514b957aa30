package io.sinew.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sinew group delete`.
@Command(
        name = "delete",
        description = "Forget groups, and how far they have come. They must have no members.")
final class GroupDeleteCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private BootstrapOptions server = new BootstrapOptions();

    @Parameters(paramLabel = "GROUP", arity = "1..*", description = "Their names.")
    private List<String> groups = new ArrayList<>();

    GroupDeleteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (KafkaClients clients = server.connect()) {
            var deleted = clients.admin().deleteConsumerGroups(groups).deletedGroups();
            for (String group : groups) {
                KafkaClients.await(deleted, group, "group " + group);
                terminal.out().println("Deleted group " + group);
            }
        }
        return ExitCode.DONE.number();
    }
}
