package io.sinew.cli;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `sinew group list`.
@Command(
        name = "list",
        description = {
            "List the consumer groups.",
            "LAG is how many records the group has not committed yet, in the partitions"
                    + " that it has committed offsets in."
        })
final class GroupListCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private BootstrapOptions server = new BootstrapOptions();
    @Mixin private OutputOption output = new OutputOption();

    GroupListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var listing =
                new Listing(
                        Column.text("group", "GROUP"),
                        Column.text("state", "STATE"),
                        Column.number("members", "MEMBERS"),
                        Column.number("lag", "LAG"),
                        Column.text("topics", "TOPICS"));
        try (KafkaClients clients = server.connect()) {
            fill(listing, clients.admin());
        }
        output.format().print(terminal, listing, "There are no consumer groups yet");
        return ExitCode.DONE.number();
    }

    private static void fill(Listing listing, Admin admin) {
        var names =
                KafkaClients.await(
                                admin.listGroups(ListGroupsOptions.forConsumerGroups()).valid(),
                                "groups")
                        .stream()
                        .map(GroupListing::groupId)
                        .collect(Collectors.toCollection(TreeSet::new));
        var groups =
                new TreeMap<>(
                        KafkaClients.await(admin.describeConsumerGroups(names).all(), "groups"));
        var committed = Groups.committed(admin, names);
        var partitions = new TreeSet<TopicPartition>(Offsets.ORDER);
        committed.values().forEach(offsets -> partitions.addAll(offsets.keySet()));
        Map<TopicPartition, Long> ends = Offsets.at(admin, partitions, new Place.End());
        groups.forEach((name, group) -> {
            var offsets = committed.getOrDefault(name, Map.of());
            long lag = 0;
            var topics = new TreeSet<String>();
            for (Map.Entry<TopicPartition, Long> offset : offsets.entrySet()) {
                topics.add(offset.getKey().topic());
                long end = ends.getOrDefault(offset.getKey(), offset.getValue());
                lag += Math.max(0, end - offset.getValue());
            }
            listing.add(
                    name,
                    group.groupState().toString().toLowerCase(Locale.ROOT),
                    group.members().size(),
                    lag,
                    topics);
        });
    }
}
