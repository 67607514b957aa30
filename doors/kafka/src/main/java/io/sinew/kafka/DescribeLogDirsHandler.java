package io.sinew.kafka;

import io.sinew.broker.Broker;
import io.sinew.broker.Partition;
import io.sinew.broker.Topic;
import io.sinew.kafkawire.DescribeLogDirsRequest;
import io.sinew.kafkawire.DescribeLogDirsResponse;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/// `DescribeLogDirs`: the one data directory, with the bytes of each partition.
final class DescribeLogDirsHandler implements Handler<DescribeLogDirsRequest> {
    private final Broker broker;

    DescribeLogDirsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(DescribeLogDirsRequest request, Caller caller) {
        var directory = new DescribeLogDirsResponse.DescribeLogDirsResult();
        directory.logDir = broker.dataDirectory();
        if (request.topics == null) {
            broker.topics().all().stream()
                    .sorted(Comparator.comparing(Topic::name))
                    .forEach(topic ->
                            add(
                                    topic,
                                    IntStream.range(0, topic.partitionCount()).boxed().toList(),
                                    directory));
        } else {
            var wanted =
                    NamedPartitions.of(
                            request.topics, topic -> topic.topic, topic -> topic.partitions);
            wanted.byTopic()
                    .forEach((name, indexes) ->
                            broker.topics()
                                    .named(name)
                                    .ifPresent(topic -> add(topic, indexes, directory)));
        }
        var response = new DescribeLogDirsResponse();
        response.results.add(directory);
        return DurableReply.of(response, broker.barrier());
    }

    private void add(
            Topic topic,
            Collection<Integer> indexes,
            DescribeLogDirsResponse.DescribeLogDirsResult directory) {
        var described = new DescribeLogDirsResponse.DescribeLogDirsTopic();
        described.name = topic.name();
        for (int index : indexes) {
            // What is not in the directory is not listed, as in Kafka.
            Optional<Partition> known = broker.topics().partition(topic, index);
            known.ifPresent(partition -> {
                var size = new DescribeLogDirsResponse.DescribeLogDirsPartition();
                size.partitionIndex = index;
                size.partitionSize = partition.log().sizeBytes();
                described.partitions.add(size);
            });
        }
        if (!described.partitions.isEmpty()) {
            directory.topics.add(described);
        }
    }
}
