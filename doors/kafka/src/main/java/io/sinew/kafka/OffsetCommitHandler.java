package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Topic;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.OffsetCommitRequest;
import io.sinew.kafkawire.OffsetCommitResponse;
import java.util.ArrayList;
import java.util.List;

/// `OffsetCommit`: the positions of a group's consumers. Offsets of partitions that there are not
/// are refused one by one; the others are committed, all or none.
final class OffsetCommitHandler implements Handler<OffsetCommitRequest> {
    /// From here on a group that is not there is told from one in another generation (KIP-848).
    private static final int KNOWS_MISSING_GROUPS = 9;

    private final TopicLookup lookup;
    private final Coordinator coordinator;

    OffsetCommitHandler(Broker broker, Coordinator coordinator) {
        this.lookup = new TopicLookup(broker);
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(OffsetCommitRequest request, Caller caller) throws InterruptedException {
        var response = new OffsetCommitResponse();
        var offsets = new ArrayList<GroupOffset>();
        var results = new ArrayList<OffsetCommitResponse.OffsetCommitResponsePartition>();
        for (OffsetCommitRequest.OffsetCommitRequestTopic topic : request.topics) {
            var topicResponse = new OffsetCommitResponse.OffsetCommitResponseTopic();
            topicResponse.name = topic.name;
            topicResponse.topicId = topic.topicId;
            response.topics.add(topicResponse);
            for (OffsetCommitRequest.OffsetCommitRequestPartition wanted : topic.partitions) {
                var result = new OffsetCommitResponse.OffsetCommitResponsePartition();
                result.partitionIndex = wanted.partitionIndex;
                topicResponse.partitions.add(result);
                try {
                    offsets.add(offset(topic, wanted));
                    results.add(result);
                } catch (SinewException e) {
                    result.errorCode = KafkaErrors.of(e.code());
                }
            }
        }
        return coordinator.ask(
                new GroupCommand.CommitOffsets(
                        new GroupCommand.Claim(
                                request.groupId,
                                request.generationIdOrMemberEpoch,
                                request.memberId,
                                request.groupInstanceId),
                        offsets),
                GroupReply.OffsetsCommitted.class,
                committed -> {
                    note(committed, results);
                    return response;
                },
                error -> {
                    short told = inVersion(caller.version(), error);
                    results.forEach(result -> result.errorCode = told);
                    return response;
                });
    }

    private GroupOffset offset(
            OffsetCommitRequest.OffsetCommitRequestTopic named,
            OffsetCommitRequest.OffsetCommitRequestPartition wanted) {
        Topic topic = lookup.topic(named.name, named.topicId);
        lookup.partition(topic, wanted.partitionIndex);
        return new GroupOffset(
                new GroupPartition(topic.id(), wanted.partitionIndex),
                wanted.committedOffset,
                wanted.committedLeaderEpoch,
                wanted.committedMetadata == null ? "" : wanted.committedMetadata);
    }

    private static void note(
            GroupReply.OffsetsCommitted committed,
            List<OffsetCommitResponse.OffsetCommitResponsePartition> results) {
        for (int i = 0; i < results.size(); i++) {
            results.get(i).errorCode = KafkaErrors.of(committed.partitions().get(i).error());
        }
    }

    private static short inVersion(int version, short error) {
        boolean unknown = error == KafkaErrors.GROUP_ID_NOT_FOUND && version < KNOWS_MISSING_GROUPS;
        return unknown ? KafkaErrors.ILLEGAL_GENERATION : error;
    }
}
