package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.DescribeGroupsRequest;
import io.sinew.kafkawire.DescribeGroupsResponse;
import io.sinew.kafkawire.HeartbeatRequest;
import io.sinew.kafkawire.HeartbeatResponse;
import io.sinew.kafkawire.JoinGroupRequest;
import io.sinew.kafkawire.JoinGroupResponse;
import io.sinew.kafkawire.LeaveGroupRequest;
import io.sinew.kafkawire.LeaveGroupResponse;
import io.sinew.kafkawire.OffsetCommitRequest;
import io.sinew.kafkawire.OffsetCommitResponse;
import io.sinew.kafkawire.OffsetFetchRequest;
import io.sinew.kafkawire.OffsetFetchResponse;
import io.sinew.kafkawire.SyncGroupRequest;
import io.sinew.kafkawire.SyncGroupResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The group APIs in the versions of other clients, field by field.
class GroupProtocolTest {
    private static final short NONE = 0;
    private static final short ILLEGAL_GENERATION = 22;
    private static final short INCONSISTENT_GROUP_PROTOCOL = 23;
    private static final short UNKNOWN_MEMBER_ID = 25;
    private static final short INVALID_SESSION_TIMEOUT = 26;
    private static final short GROUP_ID_NOT_FOUND = 69;
    private static final short MEMBER_ID_REQUIRED = 79;

    @TempDir Path directory;
    private LiveDoor door;
    private RawClient client;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
        client = RawClient.to(door);
        door.broker().topics().create(new UUID(1, 1), "orders", 1, Map.of());
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        door.close();
    }

    private static JoinGroupRequest joining(String memberId) {
        var join = new JoinGroupRequest();
        join.groupId = "g";
        join.memberId = memberId;
        join.sessionTimeoutMs = 30_000;
        join.rebalanceTimeoutMs = 30_000;
        join.protocolType = "consumer";
        var range = new JoinGroupRequest.JoinGroupRequestProtocol();
        range.name = "range";
        range.metadata = new byte[] {1, 2, 3};
        join.protocols.add(range);
        return join;
    }

    private JoinGroupResponse join(int version, JoinGroupRequest request) throws Exception {
        return client.ask(ApiKey.JOIN_GROUP, version, request, JoinGroupResponse.class);
    }

    private SyncGroupResponse sync(int version, JoinGroupResponse joined) throws Exception {
        var request = new SyncGroupRequest();
        request.groupId = "g";
        request.generationId = joined.generationId;
        request.memberId = joined.memberId;
        if (version >= 5) {
            request.protocolType = joined.protocolType;
            request.protocolName = joined.protocolName;
        }
        var assignment = new SyncGroupRequest.SyncGroupRequestAssignment();
        assignment.memberId = joined.memberId;
        assignment.assignment = new byte[] {7};
        request.assignments.add(assignment);
        return client.ask(ApiKey.SYNC_GROUP, version, request, SyncGroupResponse.class);
    }

    @Test
    void the_oldest_versions_go_through_a_members_whole_life() throws Exception {
        JoinGroupResponse joined = join(0, joining(""));
        assertThat(joined.errorCode).isEqualTo(NONE);
        assertThat(joined.leader).isEqualTo(joined.memberId).startsWith("raw-");
        assertThat(joined.protocolName).isEqualTo("range");
        assertThat(joined.members)
                .singleElement()
                .satisfies(member -> assertThat(member.metadata).containsExactly(1, 2, 3));
        assertThat(sync(0, joined).assignment).containsExactly(7);
        assertThat(heartbeat(joined, joined.generationId)).isEqualTo(NONE);
        assertThat(heartbeat(joined, joined.generationId + 1)).isEqualTo(ILLEGAL_GENERATION);
        var leave = new LeaveGroupRequest();
        leave.groupId = "g";
        leave.memberId = joined.memberId;
        assertThat(client.ask(ApiKey.LEAVE_GROUP, 0, leave, LeaveGroupResponse.class).errorCode)
                .isEqualTo(NONE);
        assertThat(client.ask(ApiKey.LEAVE_GROUP, 0, leave, LeaveGroupResponse.class).errorCode)
                .isEqualTo(UNKNOWN_MEMBER_ID);
    }

    private short heartbeat(JoinGroupResponse joined, int generation) throws Exception {
        var request = new HeartbeatRequest();
        request.groupId = "g";
        request.memberId = joined.memberId;
        request.generationId = generation;
        return client.ask(ApiKey.HEARTBEAT, 0, request, HeartbeatResponse.class).errorCode;
    }

    @Test
    void a_new_member_is_given_an_id_and_comes_again_with_it() throws Exception {
        JoinGroupResponse refused = join(9, joining(""));
        assertThat(refused.errorCode).isEqualTo(MEMBER_ID_REQUIRED);
        assertThat(refused.memberId).startsWith("raw-");
        JoinGroupResponse joined = join(9, joining(refused.memberId));
        assertThat(joined.errorCode).isEqualTo(NONE);
        assertThat(joined.memberId).isEqualTo(refused.memberId);
        assertThat(joined.protocolType).isEqualTo("consumer");
        SyncGroupResponse synced = sync(5, joined);
        assertThat(synced.errorCode).isEqualTo(NONE);
        assertThat(synced.protocolType).isEqualTo("consumer");
        assertThat(synced.protocolName).isEqualTo("range");
    }

    @Test
    void a_refused_join_has_the_members_id_in_it() throws Exception {
        JoinGroupRequest impatient = joining("somebody");
        impatient.sessionTimeoutMs = 1;
        JoinGroupResponse refused = join(5, impatient);
        assertThat(refused.errorCode).isEqualTo(INVALID_SESSION_TIMEOUT);
        assertThat(refused.memberId).isEqualTo("somebody");
        assertThat(refused.generationId).isEqualTo(-1);
        assertThat(join(5, joining("somebody")).errorCode).isEqualTo(UNKNOWN_MEMBER_ID);
    }

    @Test
    void a_sync_must_name_the_protocol_once_it_can() throws Exception {
        JoinGroupResponse joined = join(0, joining(""));
        joined.protocolType = null;
        joined.protocolName = null;
        assertThat(sync(5, joined).errorCode).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
        joined.protocolType = "consumer";
        joined.protocolName = "sticky";
        assertThat(sync(5, joined).errorCode).isEqualTo(INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void a_commit_to_a_group_that_is_not_there_is_refused_in_words_of_its_version()
            throws Exception {
        assertThat(commit(8, 3, "orders", new UUID(0, 0))).isEqualTo(ILLEGAL_GENERATION);
        assertThat(commit(9, 3, "orders", new UUID(0, 0))).isEqualTo(GROUP_ID_NOT_FOUND);
        assertThat(commit(10, 3, "", new UUID(1, 1))).isEqualTo(GROUP_ID_NOT_FOUND);
        assertThat(commit(10, -1, "", new UUID(9, 9))).isEqualTo(KafkaErrors.UNKNOWN_TOPIC_ID);
        assertThat(commit(9, -1, "none", new UUID(0, 0)))
                .isEqualTo(KafkaErrors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private short commit(int version, int generation, String topicName, UUID topicId)
            throws Exception {
        var request = new OffsetCommitRequest();
        request.groupId = "g";
        request.memberId = generation < 0 ? "" : "m";
        request.generationIdOrMemberEpoch = generation;
        var topic = new OffsetCommitRequest.OffsetCommitRequestTopic();
        topic.name = topicName;
        topic.topicId = topicId;
        var partition = new OffsetCommitRequest.OffsetCommitRequestPartition();
        partition.committedOffset = 5;
        topic.partitions.add(partition);
        request.topics.add(topic);
        return client.ask(ApiKey.OFFSET_COMMIT, version, request, OffsetCommitResponse.class)
                .topics
                .getFirst()
                .partitions
                .getFirst()
                .errorCode;
    }

    @Test
    void offsets_are_fetched_by_id_and_an_unknown_id_is_told() throws Exception {
        assertThat(commit(10, -1, "", new UUID(1, 1))).isEqualTo(NONE);
        var request = new OffsetFetchRequest();
        var group = new OffsetFetchRequest.OffsetFetchRequestGroup();
        group.groupId = "g";
        var topics = new ArrayList<OffsetFetchRequest.OffsetFetchRequestTopics>();
        for (UUID id : List.of(new UUID(9, 9), new UUID(1, 1))) {
            var topic = new OffsetFetchRequest.OffsetFetchRequestTopics();
            topic.topicId = id;
            topic.partitionIndexes = List.of(0, 1);
            topics.add(topic);
        }
        group.topics = topics;
        request.groups.add(group);
        var answered =
                client.ask(ApiKey.OFFSET_FETCH, 10, request, OffsetFetchResponse.class)
                        .groups
                        .getFirst()
                        .topics;
        assertThat(answered.getFirst().partitions)
                .extracting(partition -> partition.errorCode)
                .containsOnly(KafkaErrors.UNKNOWN_TOPIC_ID);
        assertThat(answered.getLast().partitions)
                .extracting(partition -> partition.committedOffset)
                .containsExactly(5L, -1L);
    }

    @Test
    void a_topic_that_has_gone_is_no_error_to_who_fetches_by_name() throws Exception {
        var request = new OffsetFetchRequest();
        request.groupId = "g";
        var topic = new OffsetFetchRequest.OffsetFetchRequestTopic();
        topic.name = "none";
        topic.partitionIndexes.add(0);
        request.topics = List.of(topic);
        var response = client.ask(ApiKey.OFFSET_FETCH, 5, request, OffsetFetchResponse.class);
        assertThat(response.errorCode).isEqualTo(NONE);
        assertThat(response.topics.getFirst().partitions.getFirst().errorCode).isEqualTo(NONE);
        assertThat(response.topics.getFirst().partitions.getFirst().committedOffset).isEqualTo(-1);
    }

    @Test
    void a_group_that_is_not_there_is_dead_and_later_an_error() throws Exception {
        var request = new DescribeGroupsRequest();
        request.groups = List.of("none");
        var old = client.ask(ApiKey.DESCRIBE_GROUPS, 5, request, DescribeGroupsResponse.class);
        assertThat(old.groups.getFirst().errorCode).isEqualTo(NONE);
        assertThat(old.groups.getFirst().groupState).isEqualTo("Dead");
        assertThat(old.groups.getFirst().authorizedOperations).isEqualTo(Integer.MIN_VALUE);
        var now = client.ask(ApiKey.DESCRIBE_GROUPS, 6, request, DescribeGroupsResponse.class);
        assertThat(now.groups.getFirst().errorCode).isEqualTo(GROUP_ID_NOT_FOUND);
        assertThat(now.groups.getFirst().errorMessage).contains("none");
    }
}
