package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.OffsetForLeaderEpochRequest;
import io.sinew.kafkawire.OffsetForLeaderEpochResponse;
import io.sinew.log.LeaderEpochs;
import io.sinew.log.PartitionLog;

/// `OffsetForLeaderEpoch` (KIP-320): where an epoch ended, for clients that want to know whether
/// what they have read still stands.
final class OffsetForLeaderEpochHandler implements Handler<OffsetForLeaderEpochRequest> {
    private final TopicLookup lookup;

    OffsetForLeaderEpochHandler(Broker broker) {
        this.lookup = new TopicLookup(broker);
    }

    @Override
    public Reply handle(OffsetForLeaderEpochRequest request, Caller caller) {
        var response = new OffsetForLeaderEpochResponse();
        for (OffsetForLeaderEpochRequest.OffsetForLeaderTopic topic : request.topics) {
            var topicResult = new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult();
            topicResult.topic = topic.topic;
            response.topics.add(topicResult);
            for (OffsetForLeaderEpochRequest.OffsetForLeaderPartition wanted : topic.partitions) {
                topicResult.partitions.add(end(topic.topic, wanted));
            }
        }
        return Reply.now(response);
    }

    private OffsetForLeaderEpochResponse.EpochEndOffset end(
            String topic, OffsetForLeaderEpochRequest.OffsetForLeaderPartition wanted) {
        var end = new OffsetForLeaderEpochResponse.EpochEndOffset();
        end.partition = wanted.partition;
        try {
            PartitionLog log =
                    lookup.partition(lookup.topic(topic, Message.ZERO_UUID), wanted.partition)
                            .log();
            lookup.requireEpoch(wanted.currentLeaderEpoch);
            if (wanted.leaderEpoch > lookup.leaderEpoch()) {
                // Nothing is known of what is to come.
                return end;
            }
            // Only what is durable is told, as in a fetch.
            LeaderEpochs.Start found = log.epochs().endOf(wanted.leaderEpoch, log.endOffset());
            end.leaderEpoch = found.epoch();
            end.endOffset = found.offset();
        } catch (SinewException e) {
            end.errorCode = KafkaErrors.of(e.code());
        }
        return end;
    }
}
