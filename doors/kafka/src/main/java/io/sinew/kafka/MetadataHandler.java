package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.Topic;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.MetadataResponse;
import io.sinew.log.Commit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `Metadata`: brokers, topics and partitions. A topic that a client names may be created by it
/// (`auto.create.topics.enable`); it is answered when it is durable.
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
    public Reply handle(MetadataRequest request, Caller caller) {
        var response = new MetadataResponse();
        response.clusterId = node.clusterId();
        response.controllerId = node.id();
        var self = new MetadataResponse.MetadataResponseBroker();
        self.nodeId = node.id();
        self.host = node.host(caller);
        self.port = node.port(caller);
        response.brokers.add(self);
        Commit created = addTopics(request, caller, response);
        if (request.includeClusterAuthorizedOperations) {
            response.clusterAuthorizedOperations = AuthorizedOperations.CLUSTER;
        }
        if (request.includeTopicAuthorizedOperations) {
            response.topics.stream()
                    .filter(topic -> topic.errorCode == KafkaErrors.NONE)
                    .forEach(topic -> topic.topicAuthorizedOperations = AuthorizedOperations.TOPIC);
        }
        return new Reply() {
            @Override
            public Optional<Message> await() throws InterruptedException {
                created.awaitDurable();
                return Optional.of(response);
            }

            @Override
            public boolean isReady() {
                return created.isSettled();
            }
        };
    }

    private Commit addTopics(MetadataRequest request, Caller caller, MetadataResponse response) {
        List<MetadataRequest.MetadataRequestTopic> wanted = request.topics;
        // All topics: null from version 1 on, an empty list before.
        if (wanted == null || (wanted.isEmpty() && caller.version() == 0)) {
            broker.topics().all().stream()
                    .sorted(Comparator.comparing(Topic::name))
                    .forEach(topic -> response.topics.add(described(topic)));
            return Commit.ofNothing();
        }
        Commit created = Commit.ofNothing();
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
            if (known.isPresent()) {
                response.topics.add(described(known.get()));
            } else if (!mayCreate) {
                response.topics.add(refused(name, missing(name)));
            } else {
                created = create(name, response, created);
            }
        }
        return created;
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

    private Commit create(String name, MetadataResponse response, Commit before) {
        try {
            var created = broker.topics().getOrCreate(UUID.randomUUID(), name);
            response.topics.add(described(created.topic()));
            return created.commit();
        } catch (SinewException e) {
            response.topics.add(refused(name, KafkaErrors.of(e.code())));
            return before;
        }
    }

    private MetadataResponse.MetadataResponseTopic byId(UUID id, int version) {
        return broker.topics()
                .withId(id)
                .map(this::described)
                .orElseGet(() -> {
                    var unknown =
                            refused(
                                    version >= NULLABLE_NAMES ? null : "",
                                    KafkaErrors.UNKNOWN_TOPIC_ID);
                    unknown.topicId = id;
                    return unknown;
                });
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
