package io.sinew.kafka;

import io.sinew.groups.GroupBytes;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.SyncGroupRequest;
import io.sinew.kafkawire.SyncGroupResponse;
import java.util.HashMap;
import java.util.Map;

/// `SyncGroup`: answered when the leader has assigned the partitions.
final class SyncGroupHandler implements Handler<SyncGroupRequest> {
    /// From here on a member says which protocol it means (KIP-559).
    private static final int NAMES_PROTOCOL = 5;

    private final Coordinator coordinator;

    SyncGroupHandler(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(SyncGroupRequest request, Caller caller) throws InterruptedException {
        boolean nameless = request.protocolType == null || request.protocolName == null;
        if (caller.version() >= NAMES_PROTOCOL && nameless) {
            return Reply.now(refused(KafkaErrors.INCONSISTENT_GROUP_PROTOCOL));
        }
        Map<String, GroupBytes> assignments = new HashMap<>();
        for (SyncGroupRequest.SyncGroupRequestAssignment assignment : request.assignments) {
            assignments.put(assignment.memberId, GroupBytes.of(assignment.assignment));
        }
        return coordinator.ask(
                new GroupCommand.Sync(
                        new GroupCommand.Claim(
                                request.groupId,
                                request.generationId,
                                request.memberId,
                                request.groupInstanceId),
                        request.protocolType,
                        request.protocolName,
                        assignments),
                GroupReply.Synced.class,
                SyncGroupHandler::synced,
                SyncGroupHandler::refused);
    }

    private static SyncGroupResponse synced(GroupReply.Synced synced) {
        var response = new SyncGroupResponse();
        response.protocolType = synced.protocolType();
        response.protocolName = synced.protocolName();
        response.assignment = synced.assignment().toArray();
        return response;
    }

    private static SyncGroupResponse refused(short error) {
        var response = new SyncGroupResponse();
        response.errorCode = error;
        return response;
    }
}
