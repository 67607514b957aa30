package io.sinew.kafka;

import io.sinew.broker.Broker;
import io.sinew.kafkawire.AddOffsetsToTxnRequest;
import io.sinew.kafkawire.AddPartitionsToTxnRequest;
import io.sinew.kafkawire.AlterClientQuotasRequest;
import io.sinew.kafkawire.AlterConfigsRequest;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsRequest;
import io.sinew.kafkawire.ConsumerGroupDescribeRequest;
import io.sinew.kafkawire.ConsumerGroupHeartbeatRequest;
import io.sinew.kafkawire.CreatePartitionsRequest;
import io.sinew.kafkawire.CreateTopicsRequest;
import io.sinew.kafkawire.DeleteGroupsRequest;
import io.sinew.kafkawire.DeleteRecordsRequest;
import io.sinew.kafkawire.DeleteTopicsRequest;
import io.sinew.kafkawire.DescribeClientQuotasRequest;
import io.sinew.kafkawire.DescribeClusterRequest;
import io.sinew.kafkawire.DescribeConfigsRequest;
import io.sinew.kafkawire.DescribeGroupsRequest;
import io.sinew.kafkawire.DescribeLogDirsRequest;
import io.sinew.kafkawire.DescribeProducersRequest;
import io.sinew.kafkawire.DescribeTopicPartitionsRequest;
import io.sinew.kafkawire.DescribeTransactionsRequest;
import io.sinew.kafkawire.EndTxnRequest;
import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.FindCoordinatorRequest;
import io.sinew.kafkawire.HeartbeatRequest;
import io.sinew.kafkawire.IncrementalAlterConfigsRequest;
import io.sinew.kafkawire.InitProducerIdRequest;
import io.sinew.kafkawire.JoinGroupRequest;
import io.sinew.kafkawire.LeaveGroupRequest;
import io.sinew.kafkawire.ListGroupsRequest;
import io.sinew.kafkawire.ListOffsetsRequest;
import io.sinew.kafkawire.ListTransactionsRequest;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.OffsetCommitRequest;
import io.sinew.kafkawire.OffsetDeleteRequest;
import io.sinew.kafkawire.OffsetFetchRequest;
import io.sinew.kafkawire.OffsetForLeaderEpochRequest;
import io.sinew.kafkawire.ProduceRequest;
import io.sinew.kafkawire.StreamsGroupDescribeRequest;
import io.sinew.kafkawire.StreamsGroupHeartbeatRequest;
import io.sinew.kafkawire.SyncGroupRequest;
import io.sinew.kafkawire.TxnOffsetCommitRequest;

/// The table of what is served by whom.
final class ServedApis {
    private final Broker broker;
    private final Node node;
    private final Apis all = new Apis();

    private ServedApis(Broker broker, Node node) {
        this.broker = broker;
        this.node = node;
    }

    static Apis of(Broker broker, Node node, FetchHandler fetch, ProduceHandler produce) {
        var served = new ServedApis(broker, node);
        served.addRecords(fetch, produce);
        served.addGroups();
        served.addTransactions();
        served.addTopics();
        served.addCluster();
        return served.all;
    }

    private void addRecords(FetchHandler fetch, ProduceHandler produce) {
        all.with(ApiKey.PRODUCE, ProduceRequest.class, produce)
                .with(ApiKey.FETCH, FetchRequest.class, fetch)
                .with(ApiKey.LIST_OFFSETS, ListOffsetsRequest.class, new ListOffsetsHandler(broker))
                .with(
                        ApiKey.OFFSET_FOR_LEADER_EPOCH,
                        OffsetForLeaderEpochRequest.class,
                        new OffsetForLeaderEpochHandler(broker))
                .with(
                        ApiKey.DELETE_RECORDS,
                        DeleteRecordsRequest.class,
                        new DeleteRecordsHandler(broker))
                .with(
                        ApiKey.DESCRIBE_PRODUCERS,
                        DescribeProducersRequest.class,
                        new DescribeProducersHandler(broker));
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
                        new DeleteGroupsHandler(groups))
                .with(
                        ApiKey.CONSUMER_GROUP_HEARTBEAT,
                        ConsumerGroupHeartbeatRequest.class,
                        new ConsumerGroupHeartbeatHandler(groups))
                .with(
                        ApiKey.CONSUMER_GROUP_DESCRIBE,
                        ConsumerGroupDescribeRequest.class,
                        new ConsumerGroupDescribeHandler(broker, groups))
                .with(
                        ApiKey.STREAMS_GROUP_HEARTBEAT,
                        StreamsGroupHeartbeatRequest.class,
                        new StreamsGroupHeartbeatHandler(broker, groups))
                .with(
                        ApiKey.STREAMS_GROUP_DESCRIBE,
                        StreamsGroupDescribeRequest.class,
                        new StreamsGroupDescribeHandler(groups));
    }

    private void addTransactions() {
        var groups = new Coordinator(broker.groups());
        all.with(
                        ApiKey.INIT_PRODUCER_ID,
                        InitProducerIdRequest.class,
                        new InitProducerIdHandler(broker))
                .with(
                        ApiKey.ADD_PARTITIONS_TO_TXN,
                        AddPartitionsToTxnRequest.class,
                        new AddPartitionsToTxnHandler(broker))
                .with(
                        ApiKey.ADD_OFFSETS_TO_TXN,
                        AddOffsetsToTxnRequest.class,
                        new AddOffsetsToTxnHandler(broker))
                .with(ApiKey.END_TXN, EndTxnRequest.class, new EndTxnHandler(broker))
                .with(
                        ApiKey.TXN_OFFSET_COMMIT,
                        TxnOffsetCommitRequest.class,
                        new TxnOffsetCommitHandler(broker, groups))
                .with(
                        ApiKey.DESCRIBE_TRANSACTIONS,
                        DescribeTransactionsRequest.class,
                        new DescribeTransactionsHandler(broker))
                .with(
                        ApiKey.LIST_TRANSACTIONS,
                        ListTransactionsRequest.class,
                        new ListTransactionsHandler(broker));
    }

    private void addTopics() {
        all.with(ApiKey.CREATE_TOPICS, CreateTopicsRequest.class, new CreateTopicsHandler(broker))
                .with(
                        ApiKey.DELETE_TOPICS,
                        DeleteTopicsRequest.class,
                        new DeleteTopicsHandler(broker))
                .with(
                        ApiKey.CREATE_PARTITIONS,
                        CreatePartitionsRequest.class,
                        new CreatePartitionsHandler(broker))
                .with(
                        ApiKey.DESCRIBE_TOPIC_PARTITIONS,
                        DescribeTopicPartitionsRequest.class,
                        new DescribeTopicPartitionsHandler(broker, node))
                .with(
                        ApiKey.DESCRIBE_CONFIGS,
                        DescribeConfigsRequest.class,
                        new DescribeConfigsHandler(broker))
                .with(
                        ApiKey.ALTER_CONFIGS,
                        AlterConfigsRequest.class,
                        new AlterConfigsHandler(broker))
                .with(
                        ApiKey.INCREMENTAL_ALTER_CONFIGS,
                        IncrementalAlterConfigsRequest.class,
                        new IncrementalAlterConfigsHandler(broker));
    }

    private void addCluster() {
        all.with(ApiKey.API_VERSIONS, ApiVersionsRequest.class, new ApiVersionsHandler(all))
                .with(ApiKey.METADATA, MetadataRequest.class, new MetadataHandler(broker, node))
                .with(
                        ApiKey.DESCRIBE_CLUSTER,
                        DescribeClusterRequest.class,
                        new DescribeClusterHandler(node))
                .with(
                        ApiKey.DESCRIBE_CLIENT_QUOTAS,
                        DescribeClientQuotasRequest.class,
                        new DescribeClientQuotasHandler(broker))
                .with(
                        ApiKey.ALTER_CLIENT_QUOTAS,
                        AlterClientQuotasRequest.class,
                        new AlterClientQuotasHandler(broker))
                .with(
                        ApiKey.DESCRIBE_LOG_DIRS,
                        DescribeLogDirsRequest.class,
                        new DescribeLogDirsHandler(broker));
    }
}
