package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.IdempotentProducer;
import io.sinew.kafkawire.DescribeProducersRequest;
import io.sinew.kafkawire.DescribeProducersResponse;
import io.sinew.kafkawire.Message;

/// `DescribeProducers` (KIP-664): the idempotent producers that partitions remember.
final class DescribeProducersHandler implements Handler<DescribeProducersRequest> {
    private final Broker broker;
    private final TopicLookup lookup;

    DescribeProducersHandler(Broker broker) {
        this.broker = broker;
        this.lookup = new TopicLookup(broker);
    }

    @Override
    public Reply handle(DescribeProducersRequest request, Caller caller) {
        var response = new DescribeProducersResponse();
        var wanted =
                NamedPartitions.of(
                        request.topics, topic -> topic.name, topic -> topic.partitionIndexes);
        wanted.byTopic()
                .forEach((name, indexes) -> {
                    var topicResponse = new DescribeProducersResponse.TopicResponse();
                    topicResponse.name = name;
                    response.topics.add(topicResponse);
                    for (int index : indexes) {
                        topicResponse.partitions.add(described(name, index));
                    }
                });
        return DurableReply.of(response, broker.barrier());
    }

    private DescribeProducersResponse.PartitionResponse described(String topic, int index) {
        var response = new DescribeProducersResponse.PartitionResponse();
        response.partitionIndex = index;
        try {
            var partition = lookup.partition(lookup.topic(topic, Message.ZERO_UUID), index);
            for (IdempotentProducer producer : partition.producers()) {
                var state = new DescribeProducersResponse.ProducerState();
                state.producerId = producer.id();
                state.producerEpoch = producer.epoch();
                state.lastSequence = producer.lastSequence();
                state.lastTimestamp = producer.lastAppendMs();
                state.coordinatorEpoch = producer.coordinatorEpoch();
                state.currentTxnStartOffset = producer.openedAt();
                response.activeProducers.add(state);
            }
        } catch (SinewException e) {
            response.errorCode = KafkaErrors.of(e.code());
            response.errorMessage = e.getMessage();
        }
        return response;
    }
}
