package io.sinew.cli;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sinew group describe`.
@Command(
        name = "describe",
        description = "Show how far a group has come in each partition, and its members.")
final class GroupDescribeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private BootstrapOptions server = new BootstrapOptions();
    @Mixin private OutputOption output = new OutputOption();

    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String group = "";

    GroupDescribeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (KafkaClients clients = server.connect()) {
            Admin admin = clients.admin();
            ConsumerGroupDescription described = Groups.describe(admin, group);
            new Report()
                    .fact("group", group)
                    .fact("state", described.groupState().toString().toLowerCase(Locale.ROOT))
                    .fact("assignor", described.partitionAssignor())
                    .listing("partitions", partitions(admin, described))
                    .listing("members", members(described))
                    .print(terminal, output.format());
        }
        return ExitCode.DONE.number();
    }

    private Listing partitions(Admin admin, ConsumerGroupDescription described) {
        var owners = new HashMap<TopicPartition, MemberDescription>();
        for (MemberDescription member : described.members()) {
            member.assignment()
                    .topicPartitions()
                    .forEach(partition -> owners.put(partition, member));
        }
        Map<TopicPartition, Long> committed = Groups.committed(admin, group);
        var partitions = new TreeSet<TopicPartition>(Offsets.ORDER);
        partitions.addAll(committed.keySet());
        partitions.addAll(owners.keySet());
        Map<TopicPartition, Long> ends = Offsets.at(admin, partitions, new Place.End());
        var listing =
                new Listing(
                        Column.text("topic", "TOPIC"),
                        Column.number("partition", "PARTITION"),
                        Column.number("committedOffset", "COMMITTED"),
                        Column.number("endOffset", "END"),
                        Column.number("lag", "LAG"),
                        Column.text("client", "CLIENT"),
                        Column.forScripts("member"));
        for (TopicPartition partition : partitions) {
            @Nullable Long at = committed.get(partition);
            long end = ends.getOrDefault(partition, 0L);
            @Nullable MemberDescription owner = owners.get(partition);
            listing.add(
                    partition.topic(),
                    partition.partition(),
                    at,
                    end,
                    at == null ? null : Math.max(0, end - at),
                    owner == null ? null : owner.clientId(),
                    owner == null ? null : owner.consumerId());
        }
        return listing;
    }

    private static Listing members(ConsumerGroupDescription described) {
        var listing =
                new Listing(
                        Column.text("member", "MEMBER"),
                        Column.forScripts("client"),
                        Column.text("host", "HOST"),
                        Column.number("partitions", "PARTITIONS"),
                        Column.optional("instance", "INSTANCE"));
        for (MemberDescription member : described.members()) {
            listing.add(
                    member.consumerId(),
                    member.clientId(),
                    // Brokers put a slash before an address, as Java once did.
                    member.host().startsWith("/") ? member.host().substring(1) : member.host(),
                    member.assignment().topicPartitions().size(),
                    member.groupInstanceId().orElse(null));
        }
        return listing;
    }
}
