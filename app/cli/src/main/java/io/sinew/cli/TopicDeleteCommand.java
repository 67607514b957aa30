package io.sinew.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sinew topic delete`.
@Command(name = "delete", description = "Delete topics, with all that is in them.")
final class TopicDeleteCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private BootstrapOptions server = new BootstrapOptions();

    @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "Their names.")
    private List<String> topics = new ArrayList<>();

    @Option(names = "--if-exists", description = "Pass over a topic that is not there.")
    private boolean ifExists;

    TopicDeleteCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (KafkaClients clients = server.connect()) {
            var deleted = clients.admin().deleteTopics(topics).topicNameValues();
            for (String topic : topics) {
                try {
                    KafkaClients.await(deleted, topic, "topic " + topic);
                    terminal.out().println("Deleted topic " + topic);
                } catch (CommandException e) {
                    if (e.exitCode() != ExitCode.NOT_FOUND || !ifExists) {
                        throw e;
                    }
                    terminal.out().println("There is no topic " + topic);
                }
            }
        }
        return ExitCode.DONE.number();
    }
}
