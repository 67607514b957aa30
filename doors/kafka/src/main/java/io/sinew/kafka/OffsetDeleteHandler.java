package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Topic;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.OffsetDeleteRequest;
import io.sinew.kafkawire.OffsetDeleteResponse;
import java.util.ArrayList;

/// `OffsetDelete` (KIP-496): a group forgets its positions in partitions that nobody in it
/// subscribes to.
final class OffsetDeleteHandler implements Handler<OffsetDeleteRequest> {
    private final TopicLookup lookup;
    private final Coordinator coordinator;

    OffsetDeleteHandler(Broker broker, Coordinator coordinator) {
        this.lookup = new TopicLookup(broker);
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(OffsetDeleteRequest request, Caller caller) throws InterruptedException {
        var response = new OffsetDeleteResponse();
        var partitions = new ArrayList<GroupCommand.NamedPartition>();
        var results = new ArrayList<OffsetDeleteResponse.OffsetDeleteResponsePartition>();
        for (OffsetDeleteRequest.OffsetDeleteRequestTopic named : request.topics) {
            var topicResponse = new OffsetDeleteResponse.OffsetDeleteResponseTopic();
            topicResponse.name = named.name;
            response.topics.add(topicResponse);
            for (OffsetDeleteRequest.OffsetDeleteRequestPartition wanted : named.partitions) {
                var result = new OffsetDeleteResponse.OffsetDeleteResponsePartition();
                result.partitionIndex = wanted.partitionIndex;
                topicResponse.partitions.add(result);
                try {
                    Topic topic = lookup.topic(named.name, Message.ZERO_UUID);
                    lookup.partition(topic, wanted.partitionIndex);
                    var partition = new GroupPartition(topic.id(), wanted.partitionIndex);
                    partitions.add(new GroupCommand.NamedPartition(topic.name(), partition));
                    results.add(result);
                } catch (SinewException e) {
                    result.errorCode = KafkaErrors.of(e.code());
                }
            }
        }
        return coordinator.ask(
                new GroupCommand.DeleteOffsets(request.groupId, partitions),
                GroupReply.OffsetsDeleted.class,
                deleted -> {
                    for (int i = 0; i < results.size(); i++) {
                        results.get(i).errorCode =
                                KafkaErrors.of(deleted.partitions().get(i).error());
                    }
                    return response;
                },
                OffsetDeleteHandler::refused);
    }

    private static OffsetDeleteResponse refused(short error) {
        var response = new OffsetDeleteResponse();
        response.errorCode = error;
        return response;
    }
}
