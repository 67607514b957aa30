package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.Topic;
import io.sinew.broker.Topics;
import io.sinew.kafkawire.CreateTopicsRequest;
import io.sinew.kafkawire.CreateTopicsResponse;
import io.sinew.kafkawire.Message;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// `CreateTopics`: each topic for itself. There is one broker: whatever replication is asked for,
/// there is one replica.
final class CreateTopicsHandler implements Handler<CreateTopicsRequest> {
    private static final int BROKERS_DEFAULT = -1;

    private final Broker broker;

    CreateTopicsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(CreateTopicsRequest request, Caller caller) {
        var response = new CreateTopicsResponse();
        var reply = new DurableReply(response);
        var duplicates = Duplicates.among(request.topics.stream().map(topic -> topic.name));
        var seen = new HashSet<String>();
        for (CreateTopicsRequest.CreatableTopic wanted : request.topics) {
            if (!seen.add(wanted.name)) {
                continue;
            }
            var result = new CreateTopicsResponse.CreatableTopicResult();
            result.name = wanted.name;
            result.errorMessage = null;
            response.topics.add(result);
            try {
                duplicates.refuse(wanted.name);
                create(wanted, request.validateOnly, result, reply);
            } catch (SinewException e) {
                refuse(result, e);
            }
        }
        return reply;
    }

    private void create(
            CreateTopicsRequest.CreatableTopic wanted,
            boolean validateOnly,
            CreateTopicsResponse.CreatableTopicResult result,
            DurableReply reply) {
        int partitions = partitions(wanted);
        Map<String, String> settings = settings(wanted);
        if (validateOnly) {
            broker.topics().checkCreate(wanted.name, partitions, settings);
            int count =
                    partitions == BROKERS_DEFAULT
                            ? broker.settings().intValue(BrokerSettings.NUM_PARTITIONS)
                            : partitions;
            describe(new Topic(Message.ZERO_UUID, wanted.name, count, settings), result);
            return;
        }
        Topics.Changed created =
                broker.topics().create(UUID.randomUUID(), wanted.name, partitions, settings);
        describe(created.topic(), result);
        reply.add(created.commit(), refused -> refuse(result, refused));
    }

    /// How many partitions are wanted: a number, or one assignment to brokers for each.
    private static int partitions(CreateTopicsRequest.CreatableTopic wanted) {
        if (wanted.assignments.isEmpty()) {
            if (wanted.replicationFactor == 0 || wanted.replicationFactor < BROKERS_DEFAULT) {
                throw new SinewException(
                        ErrorCode.INVALID_REPLICATION_FACTOR,
                        "The replication factor is 1 or more, or -1 for the broker's default; not "
                                + wanted.replicationFactor
                                + ".");
            }
            return wanted.numPartitions;
        }
        if (wanted.numPartitions != BROKERS_DEFAULT
                || wanted.replicationFactor != BROKERS_DEFAULT) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "Give either a number of partitions and a replication factor, or assignments.");
        }
        int count = wanted.assignments.size();
        boolean[] assigned = new boolean[count];
        for (CreateTopicsRequest.CreatableReplicaAssignment assignment : wanted.assignments) {
            int index = assignment.partitionIndex;
            if (index < 0 || index >= count || assigned[index] || assignment.brokerIds.isEmpty()) {
                throw new SinewException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "Assignments are for the partitions 0 to n-1, one for each, and name"
                                + " brokers.");
            }
            assigned[index] = true;
        }
        return count;
    }

    private static Map<String, String> settings(CreateTopicsRequest.CreatableTopic wanted) {
        var settings = new HashMap<String, String>();
        for (CreateTopicsRequest.CreatableTopicConfig config : wanted.configs) {
            if (config.value == null) {
                throw new SinewException(
                        ErrorCode.INVALID_CONFIG, "The config " + config.name + " has no value.");
            }
            settings.put(config.name, config.value);
        }
        return settings;
    }

    private void describe(Topic topic, CreateTopicsResponse.CreatableTopicResult result) {
        result.topicId = topic.id();
        result.numPartitions = topic.partitionCount();
        result.replicationFactor = 1;
        result.configs =
                ConfigValue.ofTopic(topic, broker.settings()).stream()
                        .map(CreateTopicsHandler::described)
                        .toList();
    }

    private static CreateTopicsResponse.CreatableTopicConfigs described(ConfigValue value) {
        var config = new CreateTopicsResponse.CreatableTopicConfigs();
        config.name = value.name();
        config.value = value.value();
        config.configSource = value.source().id();
        return config;
    }

    private static void refuse(
            CreateTopicsResponse.CreatableTopicResult result, SinewException refused) {
        result.errorCode = KafkaErrors.of(refused.code());
        result.errorMessage = refused.getMessage();
        result.topicId = Message.ZERO_UUID;
        result.numPartitions = -1;
        result.replicationFactor = -1;
        result.configs = List.of();
    }
}
