package io.sinew.kafka;

import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupReply;
import io.sinew.groups.StreamsMember;
import io.sinew.groups.StreamsTask;
import io.sinew.groups.StreamsTopology;
import io.sinew.kafkawire.StreamsGroupDescribeRequest;
import io.sinew.kafkawire.StreamsGroupDescribeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// `StreamsGroupDescribe` (KIP-1071): streams groups with their application's topology and what
/// their members have.
final class StreamsGroupDescribeHandler implements Handler<StreamsGroupDescribeRequest> {
    private final Coordinator coordinator;

    StreamsGroupDescribeHandler(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(StreamsGroupDescribeRequest request, Caller caller)
            throws InterruptedException {
        List<String> groupIds = request.groupIds.stream().distinct().toList();
        return coordinator.ask(
                new GroupCommand.DescribeStreamsGroups(groupIds),
                GroupReply.StreamsGroupsDescribed.class,
                described -> {
                    var response = new StreamsGroupDescribeResponse();
                    for (GroupReply.StreamsGroupDescription group : described.groups()) {
                        response.groups.add(told(group, request.includeAuthorizedOperations));
                    }
                    return response;
                },
                error -> refused(groupIds, error));
    }

    private static StreamsGroupDescribeResponse.DescribedGroup told(
            GroupReply.StreamsGroupDescription description, boolean withOperations) {
        var told = new StreamsGroupDescribeResponse.DescribedGroup();
        told.groupId = description.groupId();
        switch (description) {
            case GroupReply.NoStreamsGroup(String groupId) -> {
                told.errorCode = KafkaErrors.noGroup(groupId);
                told.errorMessage = "There is no streams group '" + groupId + "'.";
            }
            case GroupReply.DescribedStreamsGroup group -> {
                told.groupState = group.phase().wireName();
                told.groupEpoch = group.epoch();
                told.assignmentEpoch = group.targetEpoch();
                told.topology = told(group.topology());
                group.members().forEach(member -> told.members.add(told(member)));
                if (withOperations) {
                    told.authorizedOperations = AuthorizedOperations.GROUP;
                }
            }
        }
        return told;
    }

    private static StreamsGroupDescribeResponse.@Nullable Topology told(
            @Nullable StreamsTopology topology) {
        if (topology == null) {
            return null;
        }
        var told = new StreamsGroupDescribeResponse.Topology();
        told.epoch = topology.epoch();
        var parts = new ArrayList<StreamsGroupDescribeResponse.Subtopology>();
        topology.subtopologies().forEach(part -> parts.add(told(part)));
        told.subtopologies = parts;
        return told;
    }

    private static StreamsGroupDescribeResponse.Subtopology told(StreamsTopology.Subtopology part) {
        var told = new StreamsGroupDescribeResponse.Subtopology();
        told.subtopologyId = part.id();
        told.sourceTopics = part.sourceTopics();
        told.repartitionSinkTopics = part.repartitionSinks();
        told.stateChangelogTopics = told(part.changelogs());
        told.repartitionSourceTopics = told(part.repartitionSources());
        return told;
    }

    private static List<StreamsGroupDescribeResponse.TopicInfo> told(
            List<StreamsTopology.InternalTopic> topics) {
        var told = new ArrayList<StreamsGroupDescribeResponse.TopicInfo>();
        for (StreamsTopology.InternalTopic topic : topics) {
            var each = new StreamsGroupDescribeResponse.TopicInfo();
            each.name = topic.name();
            each.partitions = topic.partitions();
            each.topicConfigs.addAll(pairs(topic.settings()));
            told.add(each);
        }
        return told;
    }

    private static List<StreamsGroupDescribeResponse.KeyValue> pairs(Map<String, String> values) {
        var pairs = new ArrayList<StreamsGroupDescribeResponse.KeyValue>();
        values.forEach((key, value) -> {
            var pair = new StreamsGroupDescribeResponse.KeyValue();
            pair.key = key;
            pair.value = value;
            pairs.add(pair);
        });
        return pairs;
    }

    private static StreamsGroupDescribeResponse.Member told(StreamsMember member) {
        var told = new StreamsGroupDescribeResponse.Member();
        told.memberId = member.memberId();
        told.memberEpoch = member.holding().epoch();
        told.rackId = member.rackId();
        told.clientId = member.clientId();
        told.clientHost = Coordinator.shownHost(member.clientHost());
        told.topologyEpoch = member.topologyEpoch();
        told.processId = member.processId();
        StreamsMember.Endpoint endpoint = member.endpoint();
        if (endpoint != null) {
            told.userEndpoint = new StreamsGroupDescribeResponse.Endpoint();
            told.userEndpoint.host = endpoint.host();
            told.userEndpoint.port = endpoint.port();
        }
        told.clientTags.addAll(pairs(member.tags()));
        var holds = new TreeSet<>(member.holding().assigned().keySet());
        holds.addAll(member.holding().revoking().keySet());
        told.assignment = told(holds);
        told.targetAssignment = told(member.target());
        return told;
    }

    private static StreamsGroupDescribeResponse.Assignment told(SortedSet<StreamsTask> tasks) {
        var told = new StreamsGroupDescribeResponse.Assignment();
        told.activeTasks = told(tasks, StreamsTask.Role.ACTIVE);
        told.standbyTasks = told(tasks, StreamsTask.Role.STANDBY);
        told.warmupTasks = told(tasks, StreamsTask.Role.WARMUP);
        return told;
    }

    private static List<StreamsGroupDescribeResponse.TaskIds> told(
            SortedSet<StreamsTask> tasks, StreamsTask.Role role) {
        var told = new ArrayList<StreamsGroupDescribeResponse.TaskIds>();
        StreamsGroupHeartbeatHandler.byPart(tasks, role)
                .forEach((part, partitions) -> {
                    var ids = new StreamsGroupDescribeResponse.TaskIds();
                    ids.subtopologyId = part;
                    ids.partitions = partitions;
                    told.add(ids);
                });
        return told;
    }

    private static StreamsGroupDescribeResponse refused(List<String> groupIds, short error) {
        var response = new StreamsGroupDescribeResponse();
        for (String groupId : groupIds) {
            var group = new StreamsGroupDescribeResponse.DescribedGroup();
            group.groupId = groupId;
            group.errorCode = error;
            response.groups.add(group);
        }
        return response;
    }
}
