package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.kafkawire.CreatePartitionsRequest;
import io.sinew.kafkawire.CreatePartitionsResponse;
import io.sinew.kafkawire.Message;
import java.util.HashSet;
import java.util.List;

/// `CreatePartitions`: topics get more partitions.
final class CreatePartitionsHandler implements Handler<CreatePartitionsRequest> {
    private final Broker broker;
    private final TopicLookup lookup;

    CreatePartitionsHandler(Broker broker) {
        this.broker = broker;
        this.lookup = new TopicLookup(broker);
    }

    @Override
    public Reply handle(CreatePartitionsRequest request, Caller caller) {
        var response = new CreatePartitionsResponse();
        var reply = new DurableReply(response);
        var duplicates = Duplicates.among(request.topics.stream().map(topic -> topic.name));
        var seen = new HashSet<String>();
        for (CreatePartitionsRequest.CreatePartitionsTopic wanted : request.topics) {
            if (!seen.add(wanted.name)) {
                continue;
            }
            var result = new CreatePartitionsResponse.CreatePartitionsTopicResult();
            result.name = wanted.name;
            response.results.add(result);
            try {
                duplicates.refuse(wanted.name);
                add(wanted, request.validateOnly, result, reply);
            } catch (SinewException e) {
                refuse(result, e);
            }
        }
        return reply;
    }

    private void add(
            CreatePartitionsRequest.CreatePartitionsTopic wanted,
            boolean validateOnly,
            CreatePartitionsResponse.CreatePartitionsTopicResult result,
            DurableReply reply) {
        broker.topics().checkAddPartitions(wanted.name, wanted.count);
        requireOneForEach(wanted);
        if (!validateOnly) {
            reply.add(
                    broker.topics().addPartitions(wanted.name, wanted.count).commit(),
                    refused -> refuse(result, refused));
        }
    }

    /// Assignments to brokers change nothing here, but a wrong number of them is a mistake.
    private void requireOneForEach(CreatePartitionsRequest.CreatePartitionsTopic wanted) {
        List<CreatePartitionsRequest.CreatePartitionsAssignment> assignments = wanted.assignments;
        int fresh = wanted.count - lookup.topic(wanted.name, Message.ZERO_UUID).partitionCount();
        if (assignments != null && assignments.size() != fresh) {
            throw new SinewException(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "There are "
                            + assignments.size()
                            + " assignments for "
                            + fresh
                            + " new partitions.");
        }
    }

    private static void refuse(
            CreatePartitionsResponse.CreatePartitionsTopicResult result, SinewException refused) {
        result.errorCode = KafkaErrors.of(refused.code());
        result.errorMessage = refused.getMessage();
    }
}
