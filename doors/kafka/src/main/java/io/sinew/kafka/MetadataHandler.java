package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.Topic;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.MetadataResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `Metadata`: brokers, topics and partitions. A topic that a client names may be created by it
/// (`auto.create.topics.enable`); it is answered when it is durable. One that somebody else has
/// created is not there for others before that. They don't wait for it, because a full disk may let
/// it wait for long, and what is there can be told.
final class MetadataHandler implements Handler<MetadataRequest> {
    /// From here on a topic in the answer can be without a name.
    private static final int NULLABLE_NAMES = 12;

    private final Broker broker;
    private final Node node;

    MetadataHandler(Broker broker, Node node) {
        this.broker = broker;
        this.node = node;
    }

    @Override
    public Reply handle(MetadataRequest request, Caller caller) throws InterruptedException {
        var response = new MetadataResponse();
        response.clusterId = node.clusterId();
        response.controllerId = node.id();
        var self = new MetadataResponse.MetadataResponseBroker();
        self.nodeId = node.id();
        self.host = node.host(caller);
        self.port = node.port(caller);
        response.brokers.add(self);
        var reply = new DurableReply(response);
        addTopics(request, caller, response, reply);
        if (request.includeClusterAuthorizedOperations) {
            response.clusterAuthorizedOperations = AuthorizedOperations.CLUSTER;
        }
        if (request.includeTopicAuthorizedOperations) {
            response.topics.stream()
                    .filter(topic -> topic.errorCode == KafkaErrors.NONE)
                    .forEach(topic -> topic.topicAuthorizedOperations = AuthorizedOperations.TOPIC);
        }
        return reply;
    }

    private void addTopics(
            MetadataRequest request, Caller caller, MetadataResponse response, DurableReply reply)
            throws InterruptedException {
        List<MetadataRequest.MetadataRequestTopic> wanted = request.topics;
        // All topics: null from version 1 on, an empty list before.
        if (wanted == null || (wanted.isEmpty() && caller.version() == 0)) {
            var all = new ArrayList<>(broker.topics().all());
            all.sort(Comparator.comparing(Topic::name));
            for (Topic topic : all) {
                if (broker.topics().isDurable(topic)) {
                    response.topics.add(described(topic));
                }
            }
            return;
        }
        boolean mayCreate =
                broker.settings().isOn(BrokerSettings.AUTO_CREATE_TOPICS)
                        && (request.allowAutoTopicCreation || caller.version() < 4);
        // What is named again is not told again: each name, each id.
        var told = new HashSet<>();
        for (MetadataRequest.MetadataRequestTopic topic : wanted) {
            String name = topic.name;
            // Clients that go by id leave the name out, or leave it empty.
            if (name == null || !topic.topicId.equals(Message.ZERO_UUID)) {
                if (told.add(topic.topicId)) {
                    response.topics.add(byId(topic.topicId, caller.version()));
                }
                continue;
            }
            if (!told.add(name)) {
                continue;
            }
            Optional<Topic> known = broker.topics().named(name);
            if (known.isPresent() && broker.topics().isDurable(known.get())) {
                response.topics.add(described(known.get()));
            } else if (!mayCreate) {
                response.topics.add(refused(name, missing(name)));
            } else {
                create(name, response, reply);
            }
        }
    }

    /// What to say of a name that no topic has: a client may wait for the topic, but not for one
    /// that can never be.
    private short missing(String name) {
        try {
            broker.topics().checkCreate(name, 1, Map.of());
        } catch (SinewException e) {
            if (e.code() == ErrorCode.INVALID_TOPIC_NAME) {
                return KafkaErrors.of(e.code());
            }
        }
        return KafkaErrors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private void create(String name, MetadataResponse response, DurableReply reply) {
        try {
            var created = broker.topics().getOrCreate(UUID.randomUUID(), name);
            MetadataResponse.MetadataResponseTopic topic = described(created.topic());
            response.topics.add(topic);
            reply.add(
                    created.commit(),
                    refusal -> {
                        topic.errorCode = KafkaErrors.of(refusal.code());
                        topic.topicId = Message.ZERO_UUID;
                        topic.partitions.clear();
                    });
        } catch (SinewException e) {
            response.topics.add(refused(name, KafkaErrors.of(e.code())));
        }
    }

    private MetadataResponse.MetadataResponseTopic byId(UUID id, int version)
            throws InterruptedException {
        Optional<Topic> known = broker.topics().withId(id);
        if (known.isPresent() && broker.topics().isDurable(known.get())) {
            return described(known.get());
        }
        var unknown = refused(version >= NULLABLE_NAMES ? null : "", KafkaErrors.UNKNOWN_TOPIC_ID);
        unknown.topicId = id;
        return unknown;
    }

    private static MetadataResponse.MetadataResponseTopic refused(
            @Nullable String name, short error) {
        var topic = new MetadataResponse.MetadataResponseTopic();
        topic.name = name;
        topic.errorCode = error;
        return topic;
    }

    private MetadataResponse.MetadataResponseTopic described(Topic topic) {
        var described = new MetadataResponse.MetadataResponseTopic();
        described.name = topic.name();
        described.topicId = topic.id();
        List<Integer> replicas = List.of(node.id());
        for (int index = 0; index < topic.partitionCount(); index++) {
            var partition = new MetadataResponse.MetadataResponsePartition();
            partition.partitionIndex = index;
            partition.leaderId = node.id();
            partition.leaderEpoch = broker.leaderEpoch();
            partition.replicaNodes = replicas;
            partition.isrNodes = replicas;
            described.partitions.add(partition);
        }
        return described;
    }
}
