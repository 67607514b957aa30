package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Topic;
import io.sinew.broker.TransactionalProducer;
import io.sinew.kafkawire.AddPartitionsToTxnRequest;
import io.sinew.kafkawire.AddPartitionsToTxnResponse;
import io.sinew.kafkawire.Message;
import io.sinew.log.Commit;
import io.sinew.log.PartitionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// `AddPartitionsToTxn`: partitions that take part in a transaction, all or none of them. Clients
/// send versions up to 3; what comes later is between Kafka's brokers and is not served.
final class AddPartitionsToTxnHandler implements Handler<AddPartitionsToTxnRequest> {
    /// What Kafka says of the others when one partition is not there.
    private static final short OPERATION_NOT_ATTEMPTED = 55;

    private static final int KNOWS_FENCING = 2;

    private final Broker broker;
    private final TopicLookup lookup;

    AddPartitionsToTxnHandler(Broker broker) {
        this.broker = broker;
        this.lookup = new TopicLookup(broker);
    }

    @Override
    public Reply handle(AddPartitionsToTxnRequest request, Caller caller)
            throws InterruptedException {
        var response = new AddPartitionsToTxnResponse();
        var results = new ArrayList<AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult>();
        var partitions = new HashSet<PartitionId>();
        boolean allThere = true;
        var wanted =
                NamedPartitions.of(
                        request.v3AndBelowTopics, topic -> topic.name, topic -> topic.partitions);
        for (var named : wanted.byTopic().entrySet()) {
            var topicResult = new AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult();
            topicResult.name = named.getKey();
            response.resultsByTopicV3AndBelow.add(topicResult);
            for (int index : named.getValue()) {
                var result = new AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult();
                result.partitionIndex = index;
                topicResult.resultsByPartition.add(result);
                results.add(result);
                try {
                    Topic topic = lookup.topic(named.getKey(), Message.ZERO_UUID);
                    lookup.partition(topic, index);
                    partitions.add(new PartitionId(topic.id(), index));
                } catch (SinewException e) {
                    result.partitionErrorCode = KafkaErrors.of(e.code());
                    allThere = false;
                }
            }
        }
        return allThere
                ? add(request, caller, partitions, results, response)
                : notAttempted(results, response);
    }

    private static Reply notAttempted(
            List<AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult> results,
            AddPartitionsToTxnResponse response) {
        for (var result : results) {
            if (result.partitionErrorCode == KafkaErrors.NONE) {
                result.partitionErrorCode = OPERATION_NOT_ATTEMPTED;
            }
        }
        return Reply.now(response);
    }

    private Reply add(
            AddPartitionsToTxnRequest request,
            Caller caller,
            Set<PartitionId> partitions,
            List<AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult> results,
            AddPartitionsToTxnResponse response)
            throws InterruptedException {
        DurableReply.Refusal refusal =
                refused -> {
                    short error = KafkaErrors.ofCoordinator(refused.code());
                    short told = KafkaErrors.fencedIn(caller.version(), KNOWS_FENCING, error);
                    results.forEach(result -> result.partitionErrorCode = told);
                };
        var reply = new DurableReply(response);
        try {
            Commit commit =
                    broker.transactions()
                            .addPartitions(
                                    new TransactionalProducer(
                                            request.v3AndBelowTransactionalId,
                                            request.v3AndBelowProducerId,
                                            request.v3AndBelowProducerEpoch),
                                    partitions,
                                    false);
            reply.add(commit, refusal);
        } catch (SinewException e) {
            refusal.because(e);
        }
        return reply;
    }
}
