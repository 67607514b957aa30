package io.sinew.kafka;

import io.sinew.kafkawire.FindCoordinatorRequest;
import io.sinew.kafkawire.FindCoordinatorResponse;

/// `FindCoordinator`: every group's and every transactional id's coordinator is this broker.
final class FindCoordinatorHandler implements Handler<FindCoordinatorRequest> {
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;

    /// From here on one request can ask for several keys (KIP-699).
    private static final int SEVERAL_KEYS = 4;

    private final Node node;

    FindCoordinatorHandler(Node node) {
        this.node = node;
    }

    @Override
    public Reply handle(FindCoordinatorRequest request, Caller caller) {
        var response = new FindCoordinatorResponse();
        if (caller.version() >= SEVERAL_KEYS) {
            for (String key : request.coordinatorKeys) {
                var coordinator = coordinator(request.keyType, caller);
                coordinator.key = key;
                response.coordinators.add(coordinator);
            }
        } else {
            var coordinator = coordinator(request.keyType, caller);
            response.errorCode = coordinator.errorCode;
            response.errorMessage = coordinator.errorMessage;
            response.nodeId = coordinator.nodeId;
            response.host = coordinator.host;
            response.port = coordinator.port;
        }
        return Reply.now(response);
    }

    private FindCoordinatorResponse.Coordinator coordinator(byte keyType, Caller caller) {
        var coordinator = new FindCoordinatorResponse.Coordinator();
        if (keyType != GROUP && keyType != TRANSACTION) {
            coordinator.errorCode = KafkaErrors.INVALID_REQUEST;
            coordinator.errorMessage = "only groups and transactional ids have coordinators";
            coordinator.nodeId = -1;
            coordinator.port = -1;
            return coordinator;
        }
        coordinator.nodeId = node.id();
        coordinator.host = node.host(caller);
        coordinator.port = node.port(caller);
        return coordinator;
    }
}
