package io.sinew.kafka;

import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupPhase;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.DescribeGroupsRequest;
import io.sinew.kafkawire.DescribeGroupsResponse;
import java.util.List;

/// `DescribeGroups`: groups with their members.
final class DescribeGroupsHandler implements Handler<DescribeGroupsRequest> {
    /// From here on a group that is not there is an error and not only in state `Dead` (KIP-1043).
    private static final int MISSING_IS_AN_ERROR = 6;

    private final Coordinator coordinator;

    DescribeGroupsHandler(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(DescribeGroupsRequest request, Caller caller) throws InterruptedException {
        List<String> groupIds = request.groups.stream().distinct().toList();
        return coordinator.ask(
                new GroupCommand.DescribeGroups(groupIds),
                GroupReply.GroupsDescribed.class,
                described -> {
                    var response = new DescribeGroupsResponse();
                    for (GroupReply.DescribedGroup group : described.groups()) {
                        response.groups.add(told(group, request, caller.version()));
                    }
                    return response;
                },
                error -> refused(groupIds, error));
    }

    private static DescribeGroupsResponse.DescribedGroup told(
            GroupReply.DescribedGroup group, DescribeGroupsRequest request, int version) {
        var told = new DescribeGroupsResponse.DescribedGroup();
        told.groupId = group.groupId();
        told.groupState = group.phase().wireName();
        told.protocolType = group.protocolType();
        told.protocolData = group.protocolName();
        if (group.phase() == GroupPhase.DEAD && version >= MISSING_IS_AN_ERROR) {
            told.errorCode = KafkaErrors.GROUP_ID_NOT_FOUND;
            told.errorMessage = "There is no group '" + group.groupId() + "'.";
        } else if (request.includeAuthorizedOperations) {
            told.authorizedOperations = AuthorizedOperations.GROUP;
        }
        for (GroupReply.DescribedMember member : group.members()) {
            var toldMember = new DescribeGroupsResponse.DescribedGroupMember();
            toldMember.memberId = member.memberId();
            toldMember.groupInstanceId = member.instanceId();
            toldMember.clientId = member.clientId();
            toldMember.clientHost = Coordinator.shownHost(member.clientHost());
            toldMember.memberMetadata = member.metadata().toArray();
            toldMember.memberAssignment = member.assignment().toArray();
            told.members.add(toldMember);
        }
        return told;
    }

    private static DescribeGroupsResponse refused(List<String> groupIds, short error) {
        var response = new DescribeGroupsResponse();
        for (String groupId : groupIds) {
            var group = new DescribeGroupsResponse.DescribedGroup();
            group.groupId = groupId;
            group.errorCode = error;
            response.groups.add(group);
        }
        return response;
    }
}
