package io.sinew.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sinew topic create`.
@Command(name = "create", description = "Create a topic.")
final class TopicCreateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private BootstrapOptions server = new BootstrapOptions();

    @Parameters(paramLabel = "TOPIC", description = "Its name: letters, digits, '.', '_', '-'.")
    private String topic = "";

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "N",
            description = "How many partitions. Default: the server's num.partitions.")
    private @Nullable Integer partitions;

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            description = "For clusters. Default: the server's. Sinew keeps one replica.")
    private @Nullable Short replicationFactor;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "A topic setting by Kafka's name: retention.ms=3600000.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--if-not-exists", description = "Take a topic that exists as it is.")
    private boolean ifNotExists;

    TopicCreateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (KafkaClients clients = server.connect()) {
            var wanted =
                    new NewTopic(
                                    topic,
                                    Optional.ofNullable(partitions),
                                    Optional.ofNullable(replicationFactor))
                            .configs(settings);
            CreateTopicsResult created = clients.admin().createTopics(List.of(wanted));
            try {
                int count = KafkaClients.await(created.numPartitions(topic), "topic " + topic);
                terminal.out()
                        .println("Created topic " + topic + " with " + count + partitions(count));
            } catch (CommandException e) {
                if (e.exitCode() != ExitCode.IN_THE_WAY || !ifNotExists) {
                    throw e;
                }
                terminal.out().println("Topic " + topic + " is there already");
            }
        }
        return ExitCode.DONE.number();
    }

    static String partitions(int count) {
        return count == 1 ? " partition" : " partitions";
    }
}
