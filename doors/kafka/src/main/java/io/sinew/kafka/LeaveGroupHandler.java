package io.sinew.kafka;

import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.LeaveGroupRequest;
import io.sinew.kafkawire.LeaveGroupResponse;
import java.util.List;

/// `LeaveGroup`: members go, or are removed by an administrator.
final class LeaveGroupHandler implements Handler<LeaveGroupRequest> {
    /// From here on several members can leave at once, each with a result of its own (KIP-345).
    private static final int SEVERAL_MEMBERS = 3;

    private final Coordinator coordinator;

    LeaveGroupHandler(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(LeaveGroupRequest request, Caller caller) throws InterruptedException {
        boolean several = caller.version() >= SEVERAL_MEMBERS;
        List<GroupCommand.LeavingMember> members =
                several
                        ? request.members.stream().map(LeaveGroupHandler::leaving).toList()
                        : List.of(new GroupCommand.LeavingMember(request.memberId, null, null));
        return coordinator.ask(
                new GroupCommand.Leave(request.groupId, members),
                GroupReply.Left.class,
                left -> several ? each(left) : only(left),
                LeaveGroupHandler::refused);
    }

    private static GroupCommand.LeavingMember leaving(LeaveGroupRequest.MemberIdentity member) {
        return new GroupCommand.LeavingMember(
                member.memberId, member.groupInstanceId, member.reason);
    }

    private static LeaveGroupResponse each(GroupReply.Left left) {
        var response = new LeaveGroupResponse();
        for (GroupReply.LeftMember member : left.members()) {
            var result = new LeaveGroupResponse.MemberResponse();
            result.memberId = member.memberId();
            result.groupInstanceId = member.instanceId();
            result.errorCode = KafkaErrors.of(member.error());
            response.members.add(result);
        }
        return response;
    }

    private static LeaveGroupResponse only(GroupReply.Left left) {
        return refused(KafkaErrors.of(left.members().getFirst().error()));
    }

    private static LeaveGroupResponse refused(short error) {
        var response = new LeaveGroupResponse();
        response.errorCode = error;
        return response;
    }
}
