package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Topic;
import io.sinew.broker.Topics;
import io.sinew.kafkawire.DescribeTopicPartitionsRequest;
import io.sinew.kafkawire.DescribeTopicPartitionsResponse;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// `DescribeTopicPartitions` (KIP-966): topics with their partitions, by name, a page at a time.
final class DescribeTopicPartitionsHandler implements Handler<DescribeTopicPartitionsRequest> {
    /// Most partitions in one answer (Kafka's `max.request.partition.size.limit`).
    private static final int MAX_PARTITIONS = 2_000;

    private final Broker broker;
    private final Node node;

    DescribeTopicPartitionsHandler(Broker broker, Node node) {
        this.broker = broker;
        this.node = node;
    }

    @Override
    public Reply handle(DescribeTopicPartitionsRequest request, Caller caller) {
        DescribeTopicPartitionsRequest.Cursor cursor = request.cursor;
        if (cursor != null && !isValid(cursor, request)) {
            return Reply.now(refused(request));
        }
        String first = cursor == null ? "" : cursor.topicName;
        var page = new Page(Math.clamp(request.responsePartitionLimit, 1, MAX_PARTITIONS));
        for (String name : names(request).tailSet(first, true)) {
            Optional<Topic> topic = broker.topics().named(name);
            if (topic.isEmpty()) {
                page.addUnknown(name, request.topics.isEmpty());
                continue;
            }
            int from = cursor != null && name.equals(first) ? cursor.partitionIndex : 0;
            if (!page.add(topic.get(), from)) {
                break;
            }
        }
        return DurableReply.of(page.response, broker.barrier());
    }

    /// A page begins in one of the topics that are asked for.
    private static boolean isValid(
            DescribeTopicPartitionsRequest.Cursor cursor, DescribeTopicPartitionsRequest request) {
        return cursor.partitionIndex >= 0
                && (request.topics.isEmpty()
                        || request.topics.stream()
                                .anyMatch(topic -> topic.name.equals(cursor.topicName)));
    }

    private static DescribeTopicPartitionsResponse refused(DescribeTopicPartitionsRequest request) {
        var response = new DescribeTopicPartitionsResponse();
        for (DescribeTopicPartitionsRequest.TopicRequest wanted : request.topics) {
            var topic = new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic();
            topic.name = wanted.name;
            topic.errorCode = KafkaErrors.INVALID_REQUEST;
            response.topics.add(topic);
        }
        return response;
    }

    /// What to say of a name that no topic has.
    private static short missing(String name) {
        try {
            Topics.checkName(name);
            return KafkaErrors.UNKNOWN_TOPIC_OR_PARTITION;
        } catch (SinewException e) {
            return KafkaErrors.of(e.code());
        }
    }

    private NavigableSet<String> names(DescribeTopicPartitionsRequest request) {
        var names = new TreeSet<String>();
        if (request.topics.isEmpty()) {
            broker.topics().all().forEach(topic -> names.add(topic.name()));
        } else {
            request.topics.forEach(topic -> names.add(topic.name));
        }
        return names;
    }

    /// One answer as it fills.
    private final class Page {
        final DescribeTopicPartitionsResponse response = new DescribeTopicPartitionsResponse();
        private int room;

        Page(int partitions) {
            this.room = partitions;
        }

        /// A topic that was there when the names were listed and is gone now is no error.
        void addUnknown(String name, boolean listed) {
            if (!listed) {
                var topic =
                        new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic();
                topic.name = name;
                topic.errorCode = missing(name);
                topic.topicAuthorizedOperations = AuthorizedOperations.TOPIC;
                response.topics.add(topic);
            }
        }

        /// Adds a topic's partitions.
        ///
        /// @return false when there was no room for all, and the page says where to go on
        boolean add(Topic topic, int from) {
            if (room == 0) {
                goOnAt(topic, from);
                return false;
            }
            var described =
                    new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic();
            described.name = topic.name();
            described.topicId = topic.id();
            described.topicAuthorizedOperations = AuthorizedOperations.TOPIC;
            response.topics.add(described);
            int index = from;
            for (; index < topic.partitionCount() && room > 0; index++, room--) {
                described.partitions.add(partition(index));
            }
            if (index < topic.partitionCount()) {
                goOnAt(topic, index);
                return false;
            }
            return true;
        }

        private void goOnAt(Topic topic, int index) {
            var next = new DescribeTopicPartitionsResponse.Cursor();
            next.topicName = topic.name();
            next.partitionIndex = index;
            response.nextCursor = next;
        }

        private DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition partition(
                int index) {
            var partition =
                    new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition();
            List<Integer> replicas = List.of(node.id());
            partition.partitionIndex = index;
            partition.leaderId = node.id();
            partition.leaderEpoch = broker.leaderEpoch();
            partition.replicaNodes = replicas;
            partition.isrNodes = replicas;
            partition.eligibleLeaderReplicas = List.of();
            partition.lastKnownElr = List.of();
            return partition;
        }
    }
}
