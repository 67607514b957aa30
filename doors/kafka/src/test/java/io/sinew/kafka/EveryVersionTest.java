package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.broker.Topic;
import io.sinew.kafkawire.AlterClientQuotasRequest;
import io.sinew.kafkawire.AlterConfigsRequest;
import io.sinew.kafkawire.ApiKey;
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
import io.sinew.kafkawire.FindCoordinatorRequest;
import io.sinew.kafkawire.HeartbeatRequest;
import io.sinew.kafkawire.IncrementalAlterConfigsRequest;
import io.sinew.kafkawire.InitProducerIdRequest;
import io.sinew.kafkawire.JoinGroupRequest;
import io.sinew.kafkawire.LeaveGroupRequest;
import io.sinew.kafkawire.ListGroupsRequest;
import io.sinew.kafkawire.ListOffsetsRequest;
import io.sinew.kafkawire.ListTransactionsRequest;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.OffsetCommitRequest;
import io.sinew.kafkawire.OffsetDeleteRequest;
import io.sinew.kafkawire.OffsetFetchRequest;
import io.sinew.kafkawire.OffsetForLeaderEpochRequest;
import io.sinew.kafkawire.StreamsGroupDescribeRequest;
import io.sinew.kafkawire.StreamsGroupHeartbeatRequest;
import io.sinew.kafkawire.SyncGroupRequest;
import io.sinew.kit.Batches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An answer has fields that older versions lack, and the codec refuses to drop some of them
/// silently: then the connection ends. So every version of everything that is served is asked for
/// things that are there and for things that are not.
class EveryVersionTest {
    private static final String ORDERS = "orders";
    private static final String NONE = "none";

    @TempDir Path directory;

    @Test
    void every_version_of_every_api_is_answered_when_what_it_asks_for_is_there() throws Exception {
        ask(ORDERS);
    }

    @Test
    void every_version_of_every_api_is_answered_when_what_it_asks_for_is_not_there()
            throws Exception {
        ask(NONE);
    }

    private void ask(String name) throws Exception {
        var broker = Map.of("auto.create.topics.enable", "false");
        try (var door = LiveDoor.open(directory, broker)) {
            Topic topic =
                    door.broker()
                            .topics()
                            .create(new UUID(1, 1), ORDERS, 3, Map.of("retention.ms", "-1"))
                            .topic();
            UUID id = name.equals(ORDERS) ? topic.id() : new UUID(2, 2);
            for (ApiKey api : ApiKey.values()) {
                for (int version = api.minVersion(); version <= api.maxVersion(); version++) {
                    try (var client = RawClient.to(door)) {
                        Message request = new Asked(name, id, version).of(api);
                        client.ask(api, version, request, Message.class);
                    } catch (Exception | AssertionError e) {
                        throw new AssertionError(api + " version " + version, e);
                    }
                }
            }
            assertThat(door.broker().topics().named(ORDERS)).isPresent();
        }
    }

    /// Requests about a topic and a group of one name.
    private record Asked(String name, UUID id, int version) {
        private static final TransactionRequests TRANSACTION =
                new TransactionRequests("transactional", 0, (short) 0);

        Message of(ApiKey api) {
            return switch (api) {
                case PRODUCE -> produce();
                case FETCH -> version < 13 ? Requests.fetch(name, 0) : Requests.fetch(id, 0);
                case LIST_OFFSETS -> listOffsets();
                case METADATA -> metadata();
                case OFFSET_COMMIT -> offsetCommit();
                case OFFSET_FETCH -> offsetFetch();
                case FIND_COORDINATOR -> findCoordinator();
                case JOIN_GROUP -> joinGroup();
                case HEARTBEAT -> heartbeat();
                case LEAVE_GROUP -> leaveGroup();
                case SYNC_GROUP -> syncGroup();
                case DESCRIBE_GROUPS -> describeGroups();
                case LIST_GROUPS -> new ListGroupsRequest();
                case API_VERSIONS -> Requests.apiVersions();
                case CREATE_TOPICS -> createTopics();
                case DELETE_TOPICS -> deleteTopics();
                case DELETE_RECORDS -> deleteRecords();
                case INIT_PRODUCER_ID -> initProducerId();
                case OFFSET_FOR_LEADER_EPOCH -> offsetForLeaderEpoch();
                case DESCRIBE_CONFIGS -> describeConfigs();
                case ALTER_CONFIGS -> alterConfigs();
                case DESCRIBE_LOG_DIRS -> describeLogDirs();
                case CREATE_PARTITIONS -> createPartitions();
                case DELETE_GROUPS -> deleteGroups();
                case INCREMENTAL_ALTER_CONFIGS -> incrementalAlterConfigs();
                case OFFSET_DELETE -> offsetDelete();
                case DESCRIBE_CLIENT_QUOTAS -> describeClientQuotas();
                case ALTER_CLIENT_QUOTAS -> alterClientQuotas();
                case DESCRIBE_CLUSTER -> describeCluster();
                case DESCRIBE_PRODUCERS -> describeProducers();
                case CONSUMER_GROUP_HEARTBEAT -> consumerGroupHeartbeat();
                case CONSUMER_GROUP_DESCRIBE -> consumerGroupDescribe();
                case STREAMS_GROUP_HEARTBEAT -> streamsGroupHeartbeat();
                case STREAMS_GROUP_DESCRIBE -> streamsGroupDescribe();
                case DESCRIBE_TOPIC_PARTITIONS -> describeTopicPartitions();
                case ADD_PARTITIONS_TO_TXN -> TRANSACTION.addPartition(name, 0);
                case ADD_OFFSETS_TO_TXN -> TRANSACTION.addGroup("simple");
                case END_TXN -> TRANSACTION.end(true);
                case TXN_OFFSET_COMMIT -> TRANSACTION.commitOffset("simple", name, 0);
                case DESCRIBE_TRANSACTIONS -> TRANSACTION.describe();
                case LIST_TRANSACTIONS -> new ListTransactionsRequest();
            };
        }

        private Message produce() {
            var batch = Batches.plain().of("v");
            return version < 13 ? Requests.produce(name, batch) : Requests.produce(id, batch);
        }

        private Message listOffsets() {
            var request = new ListOffsetsRequest();
            var topic = new ListOffsetsRequest.ListOffsetsTopic();
            topic.name = name;
            for (long timestamp : List.of(-1L, -2L, 0L)) {
                var partition = new ListOffsetsRequest.ListOffsetsPartition();
                partition.partitionIndex = topic.partitions.size();
                partition.timestamp = timestamp;
                topic.partitions.add(partition);
            }
            request.topics.add(topic);
            return request;
        }

        private Message metadata() {
            var request = new MetadataRequest();
            var topic = new MetadataRequest.MetadataRequestTopic();
            topic.name = name;
            request.topics = new ArrayList<>(List.of(topic));
            if (version >= 10) {
                var byId = new MetadataRequest.MetadataRequestTopic();
                byId.name = null;
                byId.topicId = id;
                request.topics.add(byId);
            }
            request.includeTopicAuthorizedOperations = version >= 8;
            request.includeClusterAuthorizedOperations = version >= 8 && version <= 10;
            return request;
        }

        private Message offsetCommit() {
            var request = new OffsetCommitRequest();
            request.groupId = "simple";
            var topic = new OffsetCommitRequest.OffsetCommitRequestTopic();
            topic.name = name;
            topic.topicId = id;
            var partition = new OffsetCommitRequest.OffsetCommitRequestPartition();
            partition.committedMetadata = null;
            topic.partitions.add(partition);
            request.topics.add(topic);
            return request;
        }

        private Message offsetFetch() {
            var request = new OffsetFetchRequest();
            if (version < 8) {
                request.groupId = "simple";
                var topic = new OffsetFetchRequest.OffsetFetchRequestTopic();
                topic.name = name;
                topic.partitionIndexes.add(0);
                request.topics = List.of(topic);
                return request;
            }
            var group = new OffsetFetchRequest.OffsetFetchRequestGroup();
            group.groupId = "simple";
            var topic = new OffsetFetchRequest.OffsetFetchRequestTopics();
            topic.name = name;
            topic.topicId = id;
            topic.partitionIndexes.add(0);
            group.topics = List.of(topic);
            var all = new OffsetFetchRequest.OffsetFetchRequestGroup();
            all.groupId = "simple";
            all.topics = null;
            request.groups = List.of(group, all);
            return request;
        }

        private Message findCoordinator() {
            var request = new FindCoordinatorRequest();
            if (version < 4) {
                request.key = "g";
            } else {
                request.coordinatorKeys = List.of("g", "h");
            }
            return request;
        }

        private Message joinGroup() {
            var request = new JoinGroupRequest();
            request.groupId = "group-of-version-" + version;
            request.sessionTimeoutMs = name.equals(ORDERS) ? 10_000 : -1;
            request.protocolType = "consumer";
            var range = new JoinGroupRequest.JoinGroupRequestProtocol();
            range.name = "range";
            request.protocols.add(range);
            return request;
        }

        private Message heartbeat() {
            var request = new HeartbeatRequest();
            request.groupId = name;
            return request;
        }

        private Message consumerGroupHeartbeat() {
            var request = new ConsumerGroupHeartbeatRequest();
            request.groupId = "new-group-of-version-" + version;
            request.memberId = version == 0 ? "" : "m";
            request.rebalanceTimeoutMs = 60_000;
            request.subscribedTopicNames = List.of(name);
            request.topicPartitions = List.of();
            return request;
        }

        private Message consumerGroupDescribe() {
            var request = new ConsumerGroupDescribeRequest();
            request.groupIds = List.of(name, "new-group-of-version-0");
            request.includeAuthorizedOperations = true;
            return request;
        }

        private Message streamsGroupHeartbeat() {
            var request = new StreamsGroupHeartbeatRequest();
            request.groupId = "streams-group";
            request.memberId = "m";
            request.rebalanceTimeoutMs = 60_000;
            request.processId = "p";
            request.topology = new StreamsGroupHeartbeatRequest.Topology();
            var part = new StreamsGroupHeartbeatRequest.Subtopology();
            part.subtopologyId = "0";
            part.sourceTopics = List.of(name);
            request.topology.subtopologies.add(part);
            request.activeTasks = List.of();
            request.standbyTasks = List.of();
            request.warmupTasks = List.of();
            return request;
        }

        private Message streamsGroupDescribe() {
            var request = new StreamsGroupDescribeRequest();
            request.groupIds = List.of(name, "streams-group");
            request.includeAuthorizedOperations = true;
            return request;
        }

        private Message leaveGroup() {
            var request = new LeaveGroupRequest();
            request.groupId = name;
            if (version < 3) {
                request.memberId = "m";
            } else {
                var member = new LeaveGroupRequest.MemberIdentity();
                member.memberId = "m";
                request.members.add(member);
            }
            return request;
        }

        private Message syncGroup() {
            var request = new SyncGroupRequest();
            request.groupId = name;
            if (version >= 5) {
                request.protocolType = "consumer";
                request.protocolName = name.equals(ORDERS) ? "range" : null;
            }
            return request;
        }

        private Message describeGroups() {
            var request = new DescribeGroupsRequest();
            request.groups = List.of("group-of-version-0", "simple", name);
            request.includeAuthorizedOperations = version >= 3;
            return request;
        }

        private Message createTopics() {
            var request = new CreateTopicsRequest();
            var topic = new CreateTopicsRequest.CreatableTopic();
            topic.name = name.equals(ORDERS) ? "topic-of-version-" + version : "";
            topic.numPartitions = 1;
            topic.replicationFactor = 1;
            request.topics.add(topic);
            return request;
        }

        private Message deleteTopics() {
            var request = new DeleteTopicsRequest();
            String wanted = name.equals(ORDERS) ? "topic-of-version-" + (version + 1) : NONE;
            if (version < 6) {
                request.topicNames.add(wanted);
                return request;
            }
            var named = new DeleteTopicsRequest.DeleteTopicState();
            named.name = wanted;
            var byId = new DeleteTopicsRequest.DeleteTopicState();
            byId.topicId = new UUID(3, 3);
            request.topics = List.of(named, byId);
            return request;
        }

        private Message deleteRecords() {
            var request = new DeleteRecordsRequest();
            var topic = new DeleteRecordsRequest.DeleteRecordsTopic();
            topic.name = name;
            topic.partitions.add(new DeleteRecordsRequest.DeleteRecordsPartition());
            request.topics.add(topic);
            return request;
        }

        private Message initProducerId() {
            var request = new InitProducerIdRequest();
            request.transactionalId = name.equals(ORDERS) ? null : name;
            return request;
        }

        private Message offsetForLeaderEpoch() {
            var request = new OffsetForLeaderEpochRequest();
            var topic = new OffsetForLeaderEpochRequest.OffsetForLeaderTopic();
            topic.topic = name;
            topic.partitions.add(new OffsetForLeaderEpochRequest.OffsetForLeaderPartition());
            request.topics.add(topic);
            return request;
        }

        private Message describeConfigs() {
            var request = new DescribeConfigsRequest();
            for (byte type : new byte[] {2, 4, 32, 8}) {
                var resource = new DescribeConfigsRequest.DescribeConfigsResource();
                resource.resourceType = type;
                resource.resourceName = type == 4 ? "1" : name;
                resource.configurationKeys = null;
                request.resources.add(resource);
            }
            request.includeSynonyms = true;
            request.includeDocumentation = version >= 3;
            return request;
        }

        private Message alterConfigs() {
            var request = new AlterConfigsRequest();
            var resource = new AlterConfigsRequest.AlterConfigsResource();
            resource.resourceType = 2;
            resource.resourceName = name;
            request.resources.add(resource);
            return request;
        }

        private Message describeLogDirs() {
            var request = new DescribeLogDirsRequest();
            request.topics = null;
            return request;
        }

        private Message createPartitions() {
            var request = new CreatePartitionsRequest();
            var topic = new CreatePartitionsRequest.CreatePartitionsTopic();
            topic.name = name;
            topic.count = 10 + version;
            topic.assignments = null;
            request.topics.add(topic);
            return request;
        }

        private Message deleteGroups() {
            var request = new DeleteGroupsRequest();
            request.groupsNames = List.of("simple", NONE);
            return request;
        }

        private Message incrementalAlterConfigs() {
            var request = new IncrementalAlterConfigsRequest();
            for (byte type : new byte[] {2, 4}) {
                var resource = new IncrementalAlterConfigsRequest.AlterConfigsResource();
                resource.resourceType = type;
                resource.resourceName = name;
                request.resources.add(resource);
            }
            return request;
        }

        private Message offsetDelete() {
            var request = new OffsetDeleteRequest();
            request.groupId = "simple";
            var topic = new OffsetDeleteRequest.OffsetDeleteRequestTopic();
            topic.name = name;
            topic.partitions.add(new OffsetDeleteRequest.OffsetDeleteRequestPartition());
            request.topics.add(topic);
            return request;
        }

        private Message describeClientQuotas() {
            var request = new DescribeClientQuotasRequest();
            var component = new DescribeClientQuotasRequest.ComponentData();
            component.entityType = name.equals(NONE) ? NONE : "client-id";
            component.matchType = 2;
            component.match = null;
            request.components.add(component);
            return request;
        }

        private Message alterClientQuotas() {
            var request = new AlterClientQuotasRequest();
            var entry = new AlterClientQuotasRequest.EntryData();
            var entity = new AlterClientQuotasRequest.EntityData();
            entity.entityType = "client-id";
            entity.entityName = name.equals(NONE) ? "" : null;
            entry.entity.add(entity);
            var op = new AlterClientQuotasRequest.OpData();
            op.key = "producer_byte_rate";
            op.value = 1e9;
            entry.ops.add(op);
            request.entries.add(entry);
            return request;
        }

        private Message describeCluster() {
            var request = new DescribeClusterRequest();
            request.includeClusterAuthorizedOperations = true;
            request.endpointType = (byte) (version >= 1 && name.equals(NONE) ? 2 : 1);
            return request;
        }

        private Message describeProducers() {
            var request = new DescribeProducersRequest();
            var topic = new DescribeProducersRequest.TopicRequest();
            topic.name = name;
            topic.partitionIndexes = List.of(0, 99);
            request.topics.add(topic);
            return request;
        }

        private Message describeTopicPartitions() {
            var request = new DescribeTopicPartitionsRequest();
            var topic = new DescribeTopicPartitionsRequest.TopicRequest();
            topic.name = name;
            request.topics.add(topic);
            request.responsePartitionLimit = 1;
            return request;
        }
    }
}
