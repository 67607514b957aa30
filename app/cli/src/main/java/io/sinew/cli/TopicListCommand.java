package io.sinew.cli;

import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sinew topic list`.
@Command(
        name = "list",
        description = {
            "List the topics.",
            "RECORDS counts offsets from the first to the last record that is there; what"
                    + " compaction has removed in between is counted too."
        })
final class TopicListCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private BootstrapOptions server = new BootstrapOptions();
    @Mixin private OutputOption output = new OutputOption();

    @Option(names = "--internal", description = "List the server's own topics too.")
    private boolean internal;

    TopicListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var listing =
                new Listing(
                        Column.text("topic", "TOPIC"),
                        Column.number("partitions", "PARTITIONS"),
                        Column.number("records", "RECORDS"));
        try (KafkaClients clients = server.connect()) {
            Admin admin = clients.admin();
            var names =
                    KafkaClients.await(
                            admin.listTopics(new ListTopicsOptions().listInternal(internal))
                                    .names(),
                            "topics");
            var topics =
                    new TreeMap<>(
                            KafkaClients.await(
                                    admin.describeTopics(names).allTopicNames(), "topics"));
            Map<String, Long> records = records(admin, topics);
            topics.forEach((name, topic) ->
                    listing.add(name, topic.partitions().size(), records.getOrDefault(name, 0L)));
        }
        output.format().print(terminal, listing, "There are no topics yet");
        return ExitCode.DONE.number();
    }

    private static Map<String, Long> records(Admin admin, Map<String, TopicDescription> topics) {
        var partitions = new ArrayList<TopicPartition>();
        topics.values().forEach(topic -> partitions.addAll(Offsets.partitions(topic)));
        var starts = Offsets.at(admin, partitions, new Place.Beginning());
        var ends = Offsets.at(admin, partitions, new Place.End());
        var records = new TreeMap<String, Long>();
        ends.forEach((partition, end) ->
                records.merge(
                        partition.topic(), end - starts.getOrDefault(partition, end), Long::sum));
        return records;
    }
}
