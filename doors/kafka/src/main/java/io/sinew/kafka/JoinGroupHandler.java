package io.sinew.kafka;

import io.sinew.groups.GroupBytes;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.JoinGroupRequest;
import io.sinew.kafkawire.JoinGroupResponse;
import java.util.UUID;

/// `JoinGroup`: answered when the rebalance that it is part of has found its members.
final class JoinGroupHandler implements Handler<JoinGroupRequest> {
    /// From here on the session time-out is not the rebalance time-out as well.
    private static final int OWN_REBALANCE_TIMEOUT = 1;

    /// From here on a member without an id is given one and has to come again (KIP-394).
    private static final int MEMBER_ID_REQUIRED = 4;

    /// From here on an answer can be without a protocol.
    private static final int NO_PROTOCOL = 7;

    /// From here on a leader can be told that the assignment stands (KIP-814).
    private static final int SKIPS_ASSIGNMENT = 9;

    private final Coordinator coordinator;

    JoinGroupHandler(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(JoinGroupRequest request, Caller caller) throws InterruptedException {
        return coordinator.ask(
                join(request, caller),
                GroupReply.class,
                reply ->
                        reply instanceof GroupReply.MemberIdRequired(String memberId)
                                ? refused(memberId, KafkaErrors.MEMBER_ID_REQUIRED, caller)
                                : joined((GroupReply.Joined) reply),
                error -> refused(request.memberId, error, caller));
    }

    private static GroupCommand.Join join(JoinGroupRequest request, Caller caller) {
        int version = caller.version();
        return new GroupCommand.Join(
                request.groupId,
                request.memberId,
                request.groupInstanceId,
                caller.clientId(),
                caller.host(),
                request.sessionTimeoutMs,
                version >= OWN_REBALANCE_TIMEOUT
                        ? request.rebalanceTimeoutMs
                        : request.sessionTimeoutMs,
                request.protocolType,
                request.protocols.stream()
                        .map(protocol ->
                                new GroupCommand.Protocol(
                                        protocol.name, GroupBytes.of(protocol.metadata)))
                        .toList(),
                new GroupCommand.JoinOptions(
                        version >= MEMBER_ID_REQUIRED, version >= SKIPS_ASSIGNMENT),
                request.reason,
                UUID.randomUUID());
    }

    private static JoinGroupResponse joined(GroupReply.Joined joined) {
        var response = new JoinGroupResponse();
        response.generationId = joined.generation();
        response.protocolType = joined.protocolType();
        response.protocolName = joined.protocolName();
        response.leader = joined.leader();
        response.skipAssignment = joined.skipAssignment();
        response.memberId = joined.memberId();
        for (GroupReply.JoinedMember member : joined.members()) {
            var described = new JoinGroupResponse.JoinGroupResponseMember();
            described.memberId = member.memberId();
            described.groupInstanceId = member.instanceId();
            described.metadata = member.metadata().toArray();
            response.members.add(described);
        }
        return response;
    }

    /// A client that is told to come again finds its id in the refusal, so every one has it.
    private static JoinGroupResponse refused(String memberId, short error, Caller caller) {
        var response = new JoinGroupResponse();
        response.errorCode = error;
        response.protocolName = caller.version() >= NO_PROTOCOL ? null : "";
        response.memberId = memberId;
        return response;
    }
}
