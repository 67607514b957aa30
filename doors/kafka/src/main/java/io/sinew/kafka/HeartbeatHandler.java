package io.sinew.kafka;

import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.HeartbeatRequest;
import io.sinew.kafkawire.HeartbeatResponse;

/// `Heartbeat`: keeps a member in its group, and tells it of rebalances.
final class HeartbeatHandler implements Handler<HeartbeatRequest> {
    private final Coordinator coordinator;

    HeartbeatHandler(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(HeartbeatRequest request, Caller caller) throws InterruptedException {
        return coordinator.ask(
                new GroupCommand.Heartbeat(
                        new GroupCommand.Claim(
                                request.groupId,
                                request.generationId,
                                request.memberId,
                                request.groupInstanceId)),
                GroupReply.Alive.class,
                _ -> response(KafkaErrors.NONE),
                HeartbeatHandler::response);
    }

    private static HeartbeatResponse response(short error) {
        var response = new HeartbeatResponse();
        response.errorCode = error;
        return response;
    }
}
