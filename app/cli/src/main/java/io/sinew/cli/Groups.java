package io.sinew.cli;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;

/// Finds groups, and how far they have come.
final class Groups {
    private Groups() {}

    /// @throws CommandException `NOT_FOUND`
    static ConsumerGroupDescription describe(Admin admin, String group) {
        ConsumerGroupDescription described =
                KafkaClients.await(
                        admin.describeConsumerGroups(List.of(group)).describedGroups(),
                        group,
                        "group " + group);
        // What servers older than Kafka 4 say of a group that they do not know.
        if (described.groupState() == GroupState.DEAD) {
            throw new CommandException(
                    ExitCode.NOT_FOUND,
                    "there is no group " + group + ": `./sinew group list` shows what there is");
        }
        return described;
    }

    /// The committed offsets of a group; a partition without one is not in it.
    static Map<TopicPartition, Long> committed(Admin admin, String group) {
        return committed(admin, List.of(group)).getOrDefault(group, Map.of());
    }

    /// The committed offsets of several groups.
    static Map<String, Map<TopicPartition, Long>> committed(
            Admin admin, Collection<String> groups) {
        var asked = new TreeMap<String, ListConsumerGroupOffsetsSpec>();
        groups.forEach(group -> asked.put(group, new ListConsumerGroupOffsetsSpec()));
        var committed = new TreeMap<String, Map<TopicPartition, Long>>();
        if (!asked.isEmpty()) {
            KafkaClients.await(admin.listConsumerGroupOffsets(asked).all(), "groups")
                    .forEach((group, offsets) -> committed.put(group, present(offsets)));
        }
        return committed;
    }

    private static Map<TopicPartition, Long> present(
            Map<TopicPartition, OffsetAndMetadata> offsets) {
        var present = new TreeMap<TopicPartition, Long>(Offsets.ORDER);
        offsets.forEach((partition, offset) -> {
            // Kafka says null for "none".
            if (offset != null) {
                present.put(partition, offset.offset());
            }
        });
        return present;
    }
}
