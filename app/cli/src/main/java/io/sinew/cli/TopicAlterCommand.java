package io.sinew.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sinew topic alter`.
@Command(name = "alter", description = "Change a topic's settings, or give it more partitions.")
final class TopicAlterCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private BootstrapOptions server = new BootstrapOptions();

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String topic = "";

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "N",
            description =
                    "How many there shall be; more than there are. Keys may then go to other"
                            + " partitions than before.")
    private @Nullable Integer partitions;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "A setting by Kafka's name.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--unset", paramLabel = "KEY", description = "Back to the server's default.")
    private List<String> unset = new ArrayList<>();

    TopicAlterCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (partitions == null && set.isEmpty() && unset.isEmpty()) {
            throw new CommandException(
                    ExitCode.USAGE, "nothing to alter: give --partitions, --set or --unset");
        }
        try (KafkaClients clients = server.connect()) {
            Admin admin = clients.admin();
            // A misspelt setting is refused before anything has changed.
            alterSettings(admin);
            if (partitions != null) {
                var wanted = Map.of(topic, NewPartitions.increaseTo(partitions));
                KafkaClients.await(admin.createPartitions(wanted).all(), "topic " + topic);
            }
        }
        terminal.out().println("Altered topic " + topic);
        return ExitCode.DONE.number();
    }

    private void alterSettings(Admin admin) {
        var changes = new ArrayList<AlterConfigOp>();
        set.forEach((key, value) ->
                changes.add(new AlterConfigOp(new ConfigEntry(key, value), OpType.SET)));
        unset.forEach(
                key -> changes.add(new AlterConfigOp(new ConfigEntry(key, ""), OpType.DELETE)));
        if (!changes.isEmpty()) {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            KafkaClients.await(
                    admin.incrementalAlterConfigs(Map.of(resource, changes)).all(),
                    "topic " + topic);
        }
    }
}
