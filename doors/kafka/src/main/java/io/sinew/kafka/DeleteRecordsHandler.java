package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Partition;
import io.sinew.kafkawire.DeleteRecordsRequest;
import io.sinew.kafkawire.DeleteRecordsResponse;
import io.sinew.kafkawire.Message;

/// `DeleteRecords`: moves the start of partitions forward, for good.
final class DeleteRecordsHandler implements Handler<DeleteRecordsRequest> {
    private static final long NO_WATERMARK = -1;

    private final TopicLookup lookup;

    DeleteRecordsHandler(Broker broker) {
        this.lookup = new TopicLookup(broker);
    }

    @Override
    public Reply handle(DeleteRecordsRequest request, Caller caller) {
        var response = new DeleteRecordsResponse();
        var reply = new DurableReply(response);
        for (DeleteRecordsRequest.DeleteRecordsTopic topic : request.topics) {
            var topicResult = new DeleteRecordsResponse.DeleteRecordsTopicResult();
            topicResult.name = topic.name;
            response.topics.add(topicResult);
            for (DeleteRecordsRequest.DeleteRecordsPartition wanted : topic.partitions) {
                var result = new DeleteRecordsResponse.DeleteRecordsPartitionResult();
                result.partitionIndex = wanted.partitionIndex;
                topicResult.partitions.add(result);
                try {
                    Partition.Trimmed trimmed = delete(topic.name, wanted);
                    result.lowWatermark = trimmed.logStartOffset();
                    reply.add(trimmed.commit(), refused -> refuse(result, refused));
                } catch (SinewException e) {
                    refuse(result, e);
                }
            }
        }
        return reply;
    }

    private Partition.Trimmed delete(
            String topic, DeleteRecordsRequest.DeleteRecordsPartition wanted) {
        Partition partition =
                lookup.partition(lookup.topic(topic, Message.ZERO_UUID), wanted.partitionIndex);
        if (!partition.config().deletes()) {
            throw new SinewException(
                    ErrorCode.POLICY_VIOLATION,
                    "The topic's cleanup.policy does not let records be deleted.");
        }
        return partition.deleteBefore(wanted.offset);
    }

    private static void refuse(
            DeleteRecordsResponse.DeleteRecordsPartitionResult result, SinewException refused) {
        result.errorCode = KafkaErrors.of(refused.code());
        result.lowWatermark = NO_WATERMARK;
    }
}
