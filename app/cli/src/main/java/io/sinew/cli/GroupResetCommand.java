package io.sinew.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sinew group reset`.
@Command(
        name = "reset",
        description = {
            "Move a group to another place in a topic: back, to read again; or on, to skip.",
            "The group must have no members. A group that is not there is made, so a new consumer"
                    + " can be told where to begin."
        })
final class GroupResetCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private BootstrapOptions server = new BootstrapOptions();
    @Mixin private OutputOption output = new OutputOption();

    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String group = "";

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            required = true,
            description = "In which topic.")
    private String topic = "";

    @Option(names = "--partition", paramLabel = "N", description = "In this partition only.")
    private int partition = -1;

    @Option(
            names = "--to",
            required = true,
            paramLabel = Place.LABEL,
            converter = Place.Converter.class,
            description = "Where to. TIME is 2026-11-23T17:00:00Z, or a time ago: 10m.")
    private Place to = new Place.Beginning();

    @Option(names = "--dry-run", description = "Only show what would be done.")
    private boolean dryRun;

    GroupResetCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (KafkaClients clients = server.connect()) {
            Admin admin = clients.admin();
            List<TopicPartition> partitions = Offsets.partitions(admin, topic, partition);
            Map<TopicPartition, Long> targets = Offsets.at(admin, partitions, to);
            Map<TopicPartition, Long> before = Groups.committed(admin, group);
            if (!dryRun) {
                refuseMembers(admin);
                KafkaClients.await(
                        admin.alterConsumerGroupOffsets(group, offsets(targets)).all(),
                        "group " + group);
            }
            var listing =
                    new Listing(
                            Column.text("topic", "TOPIC"),
                            Column.number("partition", "PARTITION"),
                            Column.number("before", "BEFORE"),
                            Column.number("after", "AFTER"));
            targets.forEach((place, offset) ->
                    listing.add(place.topic(), place.partition(), before.get(place), offset));
            output.format().print(terminal, listing, "");
            if (dryRun) {
                terminal.err().println("Nothing was changed: --dry-run");
            }
        }
        return ExitCode.DONE.number();
    }

    private void refuseMembers(Admin admin) {
        ConsumerGroupDescription described;
        try {
            described = Groups.describe(admin, group);
        } catch (CommandException e) {
            if (e.exitCode() == ExitCode.NOT_FOUND) {
                return;
            }
            throw e;
        }
        if (!described.members().isEmpty()) {
            throw KafkaFailures.groupIsBusy("group " + group);
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(
            Map<TopicPartition, Long> targets) {
        return targets.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey,
                                target -> new OffsetAndMetadata(target.getValue())));
    }
}
