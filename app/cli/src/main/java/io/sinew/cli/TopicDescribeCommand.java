package io.sinew.cli;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sinew topic describe`.
@Command(name = "describe", description = "Show a topic's partitions and settings.")
final class TopicDescribeCommand implements Callable<Integer> {
    private static final Set<ConfigSource> DEFAULTS =
            Set.of(ConfigSource.DEFAULT_CONFIG, ConfigSource.UNKNOWN);

    private final Terminal terminal;

    @Mixin private BootstrapOptions server = new BootstrapOptions();
    @Mixin private OutputOption output = new OutputOption();

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String topic = "";

    @Option(names = "--all", description = "Show the settings that are at their defaults too.")
    private boolean all;

    TopicDescribeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (KafkaClients clients = server.connect()) {
            Admin admin = clients.admin();
            TopicDescription described = Offsets.describe(admin, topic);
            var partitions = partitions(admin, described);
            new Report()
                    .fact("topic", topic)
                    .fact("id", described.topicId().toString())
                    .listing("partitions", partitions)
                    .listing("settings", settings(admin))
                    .print(terminal, output.format());
        }
        return ExitCode.DONE.number();
    }

    private static Listing partitions(Admin admin, TopicDescription topic) {
        var listing =
                new Listing(
                        Column.number("partition", "PARTITION"),
                        Column.number("startOffset", "START"),
                        Column.number("endOffset", "END"),
                        Column.number("records", "RECORDS"));
        var partitions = Offsets.partitions(topic);
        var starts = Offsets.at(admin, partitions, new Place.Beginning());
        var ends = Offsets.at(admin, partitions, new Place.End());
        starts.forEach((partition, start) -> {
            long end = ends.getOrDefault(partition, start);
            listing.add(partition.partition(), start, end, end - start);
        });
        return listing;
    }

    private Listing settings(Admin admin) {
        var listing =
                new Listing(
                        Column.text("setting", "SETTING"),
                        Column.text("value", "VALUE"),
                        Column.text("source", "SET BY"));
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        KafkaClients.await(
                        admin.describeConfigs(List.of(resource)).values(),
                        resource,
                        "topic " + topic)
                .entries()
                .stream()
                .filter(entry -> all || !DEFAULTS.contains(entry.source()))
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .forEach(entry -> listing.add(entry.name(), entry.value(), source(entry)));
        return listing;
    }

    private static String source(ConfigEntry entry) {
        return switch (entry.source()) {
            case DYNAMIC_TOPIC_CONFIG -> "topic";
            case DEFAULT_CONFIG, UNKNOWN -> "default";
            default -> "server";
        };
    }
}
