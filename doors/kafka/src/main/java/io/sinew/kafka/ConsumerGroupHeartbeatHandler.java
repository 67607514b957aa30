package io.sinew.kafka;

import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.ConsumerGroupHeartbeatRequest;
import io.sinew.kafkawire.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `ConsumerGroupHeartbeat` (KIP-848): a consumer joins, lives in and leaves a group that the
/// broker shares out. Answered at once; what takes time is a matter of further heartbeats.
final class ConsumerGroupHeartbeatHandler implements Handler<ConsumerGroupHeartbeatRequest> {
    /// From here on a consumer makes its id itself (KIP-1082).
    private static final int BRINGS_ITS_ID = 1;

    private final Coordinator coordinator;

    ConsumerGroupHeartbeatHandler(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(ConsumerGroupHeartbeatRequest request, Caller caller)
            throws InterruptedException {
        if (caller.version() >= BRINGS_ITS_ID && request.memberId.isEmpty()) {
            return Reply.now(refused(KafkaErrors.INVALID_REQUEST));
        }
        return coordinator.ask(
                new GroupCommand.ConsumerHeartbeat(
                        request.groupId,
                        request.memberId,
                        request.memberEpoch,
                        request.instanceId,
                        request.rackId,
                        caller.clientId(),
                        caller.host(),
                        request.rebalanceTimeoutMs,
                        request.subscribedTopicNames,
                        request.subscribedTopicRegex,
                        request.serverAssignor,
                        owned(request),
                        UUID.randomUUID()),
                GroupReply.ConsumerBeat.class,
                ConsumerGroupHeartbeatHandler::response,
                ConsumerGroupHeartbeatHandler::refused);
    }

    private static @Nullable SortedSet<GroupPartition> owned(
            ConsumerGroupHeartbeatRequest request) {
        if (request.topicPartitions == null) {
            return null;
        }
        var owned = new TreeSet<GroupPartition>();
        for (ConsumerGroupHeartbeatRequest.TopicPartitions topic : request.topicPartitions) {
            topic.partitions.forEach(index -> owned.add(new GroupPartition(topic.topicId, index)));
        }
        return owned;
    }

    private static ConsumerGroupHeartbeatResponse response(GroupReply.ConsumerBeat beat) {
        var response = new ConsumerGroupHeartbeatResponse();
        response.memberId = beat.memberId();
        response.memberEpoch = beat.memberEpoch();
        response.heartbeatIntervalMs = beat.heartbeatIntervalMs();
        SortedSet<GroupPartition> assignment = beat.assignment();
        if (assignment != null) {
            response.assignment = new ConsumerGroupHeartbeatResponse.Assignment();
            byTopic(assignment)
                    .forEach((topicId, partitions) -> {
                        var topic = new ConsumerGroupHeartbeatResponse.TopicPartitions();
                        topic.topicId = topicId;
                        topic.partitions = partitions;
                        response.assignment.topicPartitions.add(topic);
                    });
        }
        return response;
    }

    /// Numbers of partitions by their topic, in order.
    static Map<UUID, List<Integer>> byTopic(SortedSet<GroupPartition> partitions) {
        var byTopic = new LinkedHashMap<UUID, List<Integer>>();
        for (GroupPartition partition : partitions) {
            byTopic.computeIfAbsent(partition.topicId(), _ -> new ArrayList<>())
                    .add(partition.partition());
        }
        return byTopic;
    }

    private static ConsumerGroupHeartbeatResponse refused(short error) {
        var response = new ConsumerGroupHeartbeatResponse();
        response.errorCode = error;
        return response;
    }
}
