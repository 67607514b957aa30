package io.sinew.sim;

import io.sinew.broker.Broker;
import io.sinew.broker.Partition;
import io.sinew.broker.Topic;
import io.sinew.log.PartitionLog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// All topics that there must, or may, be.
final class TopicsModel {
    private final Map<UUID, TopicModel> topics = new LinkedHashMap<>();

    void add(TopicModel topic) {
        topics.put(topic.id, topic);
    }

    /// The topic's deletion is certain.
    void remove(TopicModel topic) {
        topics.remove(topic.id);
    }

    /// Those that nobody has asked to delete.
    List<TopicModel> present() {
        return topics.values().stream().filter(topic -> !topic.maybeDeleted).toList();
    }

    /// Partitions that are durable, or on their way to it.
    List<PartitionModel> partitions() {
        var partitions = new ArrayList<PartitionModel>();
        present().forEach(topic -> partitions.addAll(topic.partitions));
        return partitions;
    }

    /// Those of them that are durable.
    List<PartitionModel> keptPartitions() {
        return partitions().stream()
                .filter(partition -> partition.index < partition.topic.keptPartitions)
                .toList();
    }

    static Optional<Partition> partition(Broker broker, PartitionModel model) {
        return broker.topics()
                .withId(model.topic.id)
                .flatMap(topic -> broker.topics().partition(topic, model.index));
    }

    static Partition required(Broker broker, PartitionModel model) {
        return partition(broker, model)
                .orElseThrow(() -> new BrokenPromise(model.name() + " is not there"));
    }

    static PartitionLog log(Broker broker, PartitionModel model) {
        return required(broker, model).log();
    }

    /// Compares what needs no read.
    void check(Broker broker) {
        for (PartitionModel partition : partitions()) {
            partition.check(required(broker, partition));
        }
    }

    /// Takes over what a restart left of what was on its way, if it may be that.
    void restarted(Broker broker) {
        for (Topic topic : broker.topics().all()) {
            BrokenPromise.unless(
                    topics.containsKey(topic.id()) || CommitClient.hasMade(topic.name()),
                    "topic " + topic.name() + " is back");
        }
        for (TopicModel topic : List.copyOf(topics.values())) {
            Optional<Topic> left = broker.topics().withId(topic.id);
            if (left.isEmpty()) {
                BrokenPromise.unless(
                        topic.maybeDeleted || topic.keptPartitions == 0,
                        "topic " + topic.name + " is gone");
                topics.remove(topic.id);
                continue;
            }
            topic.maybeDeleted = false;
            topic.restarted(left.get().partitionCount());
            for (PartitionModel partition : topic.partitions) {
                partition.restarted(log(broker, partition));
            }
        }
    }
}
