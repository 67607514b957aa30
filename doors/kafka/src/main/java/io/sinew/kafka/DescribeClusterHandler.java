package io.sinew.kafka;

import io.sinew.kafkawire.DescribeClusterRequest;
import io.sinew.kafkawire.DescribeClusterResponse;

/// `DescribeCluster`: a cluster of one.
final class DescribeClusterHandler implements Handler<DescribeClusterRequest> {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final Node node;

    DescribeClusterHandler(Node node) {
        this.node = node;
    }

    @Override
    public Reply handle(DescribeClusterRequest request, Caller caller) {
        var response = new DescribeClusterResponse();
        if (request.endpointType != BROKERS && request.endpointType != CONTROLLERS) {
            response.errorCode = KafkaErrors.UNSUPPORTED_ENDPOINT_TYPE;
            response.errorMessage = "There is no kind of endpoint " + request.endpointType + ".";
            return Reply.now(response);
        }
        if (request.endpointType == CONTROLLERS) {
            response.errorCode = KafkaErrors.MISMATCHED_ENDPOINT_TYPE;
            response.errorMessage = "This is the address of a broker, not of a controller.";
            return Reply.now(response);
        }
        response.clusterId = node.clusterId();
        response.controllerId = node.id();
        if (request.includeClusterAuthorizedOperations) {
            response.clusterAuthorizedOperations = AuthorizedOperations.CLUSTER;
        }
        var self = new DescribeClusterResponse.DescribeClusterBroker();
        self.brokerId = node.id();
        self.host = node.host(caller);
        self.port = node.port(caller);
        response.brokers.add(self);
        return Reply.now(response);
    }
}
