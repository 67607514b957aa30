package io.sinew.kafka;

import io.sinew.kafkawire.FindCoordinatorRequest;
import io.sinew.kafkawire.FindCoordinatorResponse;
import java.util.List;

/// `FindCoordinator`: every group's coordinator is this broker.
final class FindCoordinatorHandler implements Handler<FindCoordinatorRequest> {
    private static final byte GROUP = 0;

    private final Node node;

    FindCoordinatorHandler(Node node) {
        this.node = node;
    }

    @Override
    public Reply handle(FindCoordinatorRequest request, Caller caller) {
        var response = new FindCoordinatorResponse();
        boolean served = request.keyType == GROUP;
        response.errorCode = served ? KafkaErrors.NONE : KafkaErrors.INVALID_REQUEST;
        response.errorMessage = served ? null : "only groups have coordinators";
        response.nodeId = served ? node.id() : -1;
        response.host = served ? node.host(caller) : "";
        response.port = served ? node.port(caller) : -1;
        // Several keys at once from version 4 on, one before (KIP-699).
        List<String> keys = caller.version() >= 4 ? request.coordinatorKeys : List.of();
        for (String key : keys) {
            var coordinator = new FindCoordinatorResponse.Coordinator();
            coordinator.key = key;
            coordinator.errorCode = response.errorCode;
            coordinator.errorMessage = response.errorMessage;
            coordinator.nodeId = response.nodeId;
            coordinator.host = response.host;
            coordinator.port = response.port;
            response.coordinators.add(coordinator);
        }
        return Reply.now(response);
    }
}
