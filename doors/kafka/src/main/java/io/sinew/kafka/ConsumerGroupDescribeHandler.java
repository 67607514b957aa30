package io.sinew.kafka;

import io.sinew.broker.Broker;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.ConsumerGroupDescribeRequest;
import io.sinew.kafkawire.ConsumerGroupDescribeResponse;
import java.util.List;
import java.util.SortedSet;

/// `ConsumerGroupDescribe` (KIP-848): groups that the broker shares out, with what their members
/// have and what they shall have.
final class ConsumerGroupDescribeHandler implements Handler<ConsumerGroupDescribeRequest> {
    private static final byte CLASSIC_MEMBER = 0;
    private static final byte CONSUMER_MEMBER = 1;

    private final Broker broker;
    private final Coordinator coordinator;

    ConsumerGroupDescribeHandler(Broker broker, Coordinator coordinator) {
        this.broker = broker;
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(ConsumerGroupDescribeRequest request, Caller caller)
            throws InterruptedException {
        List<String> groupIds = request.groupIds.stream().distinct().toList();
        return coordinator.ask(
                new GroupCommand.DescribeConsumerGroups(groupIds),
                GroupReply.ConsumerGroupsDescribed.class,
                described -> {
                    var response = new ConsumerGroupDescribeResponse();
                    for (GroupReply.ConsumerGroupDescription group : described.groups()) {
                        response.groups.add(told(group, request.includeAuthorizedOperations));
                    }
                    return response;
                },
                error -> refused(groupIds, error));
    }

    private ConsumerGroupDescribeResponse.DescribedGroup told(
            GroupReply.ConsumerGroupDescription description, boolean withOperations) {
        var told = new ConsumerGroupDescribeResponse.DescribedGroup();
        told.groupId = description.groupId();
        switch (description) {
            case GroupReply.NoConsumerGroup(String groupId) -> {
                told.errorCode = KafkaErrors.noGroup(groupId);
                told.errorMessage = "There is no consumer group '" + groupId + "'.";
            }
            case GroupReply.DescribedConsumerGroup group -> {
                told.groupState = group.phase().wireName();
                told.groupEpoch = group.epoch();
                told.assignmentEpoch = group.targetEpoch();
                told.assignorName = group.assignor();
                group.members().forEach(member -> told.members.add(told(member)));
                if (withOperations) {
                    told.authorizedOperations = AuthorizedOperations.GROUP;
                }
            }
        }
        return told;
    }

    private ConsumerGroupDescribeResponse.Member told(GroupReply.DescribedConsumer member) {
        var told = new ConsumerGroupDescribeResponse.Member();
        told.memberId = member.said().memberId();
        told.instanceId = member.said().instanceId();
        told.rackId = member.said().rackId();
        told.memberEpoch = member.epoch();
        told.clientId = member.said().clientId();
        told.clientHost = Coordinator.shownHost(member.said().clientHost());
        told.subscribedTopicNames = member.said().topics();
        told.subscribedTopicRegex = member.said().pattern();
        told.assignment = told(member.holds());
        told.targetAssignment = told(member.target());
        told.memberType = member.said().classic() == null ? CONSUMER_MEMBER : CLASSIC_MEMBER;
        return told;
    }

    /// Without topics that are being deleted right now, which have no name any more.
    private ConsumerGroupDescribeResponse.Assignment told(SortedSet<GroupPartition> partitions) {
        var told = new ConsumerGroupDescribeResponse.Assignment();
        ConsumerGroupHeartbeatHandler.byTopic(partitions)
                .forEach((topicId, indexes) ->
                        broker.topics()
                                .withId(topicId)
                                .ifPresent(topic -> {
                                    var place = new ConsumerGroupDescribeResponse.TopicPartitions();
                                    place.topicId = topicId;
                                    place.topicName = topic.name();
                                    place.partitions = indexes;
                                    told.topicPartitions.add(place);
                                }));
        return told;
    }

    private static ConsumerGroupDescribeResponse refused(List<String> groupIds, short error) {
        var response = new ConsumerGroupDescribeResponse();
        for (String groupId : groupIds) {
            var group = new ConsumerGroupDescribeResponse.DescribedGroup();
            group.groupId = groupId;
            group.errorCode = error;
            response.groups.add(group);
        }
        return response;
    }
}
