package io.sinew.kafka;

import io.sinew.broker.Broker;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsRequest;
import io.sinew.kafkawire.DeleteGroupsRequest;
import io.sinew.kafkawire.DescribeGroupsRequest;
import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.FindCoordinatorRequest;
import io.sinew.kafkawire.HeartbeatRequest;
import io.sinew.kafkawire.InitProducerIdRequest;
import io.sinew.kafkawire.JoinGroupRequest;
import io.sinew.kafkawire.LeaveGroupRequest;
import io.sinew.kafkawire.ListGroupsRequest;
import io.sinew.kafkawire.ListOffsetsRequest;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.OffsetCommitRequest;
import io.sinew.kafkawire.OffsetDeleteRequest;
import io.sinew.kafkawire.OffsetFetchRequest;
import io.sinew.kafkawire.ProduceRequest;
import io.sinew.kafkawire.SyncGroupRequest;

/// The table of what is served by whom.
final class ServedApis {
    private final Broker broker;
    private final Node node;
    private final Apis all = new Apis();

    private ServedApis(Broker broker, Node node) {
        this.broker = broker;
        this.node = node;
    }

    static Apis of(Broker broker, Node node, FetchHandler fetch) {
        var served = new ServedApis(broker, node);
        served.addRecords(fetch);
        served.addGroups();
        served.addCluster();
        return served.all;
    }

    private void addRecords(FetchHandler fetch) {
        all.with(ApiKey.PRODUCE, ProduceRequest.class, new ProduceHandler(broker))
                .with(ApiKey.FETCH, FetchRequest.class, fetch)
                .with(ApiKey.LIST_OFFSETS, ListOffsetsRequest.class, new ListOffsetsHandler(broker))
                .with(
                        ApiKey.INIT_PRODUCER_ID,
                        InitProducerIdRequest.class,
                        new InitProducerIdHandler(broker));
    }

    private void addGroups() {
        var groups = new Coordinator(broker.groups());
        all.with(
                        ApiKey.FIND_COORDINATOR,
                        FindCoordinatorRequest.class,
                        new FindCoordinatorHandler(node))
                .with(ApiKey.JOIN_GROUP, JoinGroupRequest.class, new JoinGroupHandler(groups))
                .with(ApiKey.SYNC_GROUP, SyncGroupRequest.class, new SyncGroupHandler(groups))
                .with(ApiKey.HEARTBEAT, HeartbeatRequest.class, new HeartbeatHandler(groups))
                .with(ApiKey.LEAVE_GROUP, LeaveGroupRequest.class, new LeaveGroupHandler(groups))
                .with(
                        ApiKey.OFFSET_COMMIT,
                        OffsetCommitRequest.class,
                        new OffsetCommitHandler(broker, groups))
                .with(
                        ApiKey.OFFSET_FETCH,
                        OffsetFetchRequest.class,
                        new OffsetFetchHandler(broker, groups))
                .with(
                        ApiKey.OFFSET_DELETE,
                        OffsetDeleteRequest.class,
                        new OffsetDeleteHandler(broker, groups))
                .with(
                        ApiKey.DESCRIBE_GROUPS,
                        DescribeGroupsRequest.class,
                        new DescribeGroupsHandler(groups))
                .with(ApiKey.LIST_GROUPS, ListGroupsRequest.class, new ListGroupsHandler(groups))
                .with(
                        ApiKey.DELETE_GROUPS,
                        DeleteGroupsRequest.class,
                        new DeleteGroupsHandler(groups));
    }

    private void addCluster() {
        all.with(ApiKey.API_VERSIONS, ApiVersionsRequest.class, new ApiVersionsHandler(all))
                .with(ApiKey.METADATA, MetadataRequest.class, new MetadataHandler(broker, node));
    }
}
