package io.sinew.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/// Finds partitions, and offsets in them.
final class Offsets {
    /// By topic, then by partition.
    static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private Offsets() {}

    static TopicDescription describe(Admin admin, String topic) {
        return KafkaClients.await(
                admin.describeTopics(List.of(topic)).topicNameValues(), topic, "topic " + topic);
    }

    /// The partitions of a topic.
    static List<TopicPartition> partitions(TopicDescription topic) {
        return topic.partitions().stream()
                .map(TopicPartitionInfo::partition)
                .map(partition -> new TopicPartition(topic.name(), partition))
                .toList();
    }

    /// The partitions of a topic, or only the one that was named.
    ///
    /// @param index a partition, or a negative number for all
    /// @throws CommandException `NOT_FOUND`
    static List<TopicPartition> partitions(Admin admin, String topic, int index) {
        List<TopicPartition> all = partitions(describe(admin, topic));
        if (index < 0) {
            return all;
        }
        if (index >= all.size()) {
            throw new CommandException(
                    ExitCode.NOT_FOUND,
                    "topic " + topic + " has the partitions 0 to " + (all.size() - 1));
        }
        return List.of(all.get(index));
    }

    /// Where each partition has this place. A time after the last record is the end; an offset that
    /// is not there is the nearest that is.
    static Map<TopicPartition, Long> at(
            Admin admin, Collection<TopicPartition> partitions, Place place) {
        Map<TopicPartition, Long> found = ask(admin, partitions, place);
        if (place instanceof Place.AtOffset(long offset)) {
            Map<TopicPartition, Long> ends = ask(admin, partitions, new Place.End());
            found.replaceAll((partition, start) ->
                    Math.clamp(offset, start, ends.getOrDefault(partition, start)));
        } else if (found.containsValue(-1L)) {
            Map<TopicPartition, Long> ends = ask(admin, partitions, new Place.End());
            found.replaceAll((partition, at) -> at < 0 ? ends.getOrDefault(partition, 0L) : at);
        }
        return found;
    }

    private static Map<TopicPartition, Long> ask(
            Admin admin, Collection<TopicPartition> partitions, Place place) {
        var found = new TreeMap<TopicPartition, Long>(ORDER);
        if (!partitions.isEmpty()) {
            var asked =
                    partitions.stream()
                            .distinct()
                            .collect(Collectors.toMap(p -> p, p -> place.spec()));
            KafkaClients.await(admin.listOffsets(asked).all(), names(partitions))
                    .forEach((partition, at) -> found.put(partition, at.offset()));
        }
        return found;
    }

    private static String names(Collection<TopicPartition> partitions) {
        var topics =
                new ArrayList<>(partitions.stream().map(TopicPartition::topic).distinct().toList());
        return topics.size() == 1 ? "topic " + topics.getFirst() : "topics " + topics;
    }
}
