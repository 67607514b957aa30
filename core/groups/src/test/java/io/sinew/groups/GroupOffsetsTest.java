package io.sinew.groups;

import static io.sinew.groups.GroupClient.dynamic;
import static io.sinew.groups.GroupClient.offset;
import static io.sinew.groups.GroupClient.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GroupOffsetsTest {
    private static final GroupPartition ORDERS = partition(1, 0);
    private static final GroupPartition PAYMENTS = partition(2, 0);
    private static final long RETENTION_MS = GroupScene.LIMITS.offsetsRetentionMs();

    private final GroupScene scene = new GroupScene();

    @Test
    void a_generation_in_a_group_that_does_not_exist_is_refused() {
        GroupClient client = dynamic();
        client.memberId = "m";
        client.generation = 1;
        assertThat(scene.refusal(client.commit(offset(ORDERS, 1))))
                .isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.DEAD);
    }

    @Test
    void only_members_commit_while_a_group_has_members() {
        GroupClient.settle(scene, dynamic());
        assertThat(scene.refusal(dynamic().commit(offset(ORDERS, 1))))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        GroupClient stranger = dynamic();
        stranger.memberId = "m";
        stranger.generation = 1;
        assertThat(scene.refusal(stranger.commit(offset(ORDERS, 1))))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void a_member_of_an_earlier_generation_is_refused() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        client.generation--;
        assertThat(scene.refusal(client.commit(offset(ORDERS, 1))))
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void a_member_that_has_not_joined_yet_cannot_guess_the_generation() {
        GroupClient leader = dynamic();
        GroupClient.settle(scene, leader);
        GroupClient fresh = dynamic();
        fresh.requireKnownMemberId = true;
        fresh.memberId = ((GroupReply.MemberIdRequired) scene.ask(fresh.join())).memberId();
        scene.send(fresh.join());
        fresh.generation = leader.generation;
        assertThat(scene.refusal(fresh.commit(offset(ORDERS, 1))))
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void a_commit_before_the_assignment_is_known_is_refused() {
        GroupClient client = dynamic();
        client.joined(scene, scene.send(client.join()));
        assertThat(scene.refusal(client.commit(offset(ORDERS, 1))))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void a_member_commits_what_it_has_done_while_a_rebalance_is_prepared() {
        GroupClient leader = dynamic();
        GroupClient.settle(scene, leader);
        scene.send(dynamic().join());
        assertThat(scene.ask(leader.commit(offset(ORDERS, 1))))
                .isInstanceOf(GroupReply.OffsetsCommitted.class);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(1);
    }

    @Test
    void a_commit_renews_the_session() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        scene.pass(GroupClient.SESSION_MS - 1);
        scene.send(client.commit(offset(ORDERS, 1)));
        scene.pass(GroupClient.SESSION_MS - 1);
        assertThat(scene.ask(client.heartbeat())).isEqualTo(new GroupReply.Alive());
    }

    @Test
    void whoever_is_not_a_member_commits_to_a_group_without_members() {
        assertThat(scene.ask(dynamic().commit(offset(ORDERS, 5), offset(PAYMENTS, 6))))
                .isEqualTo(
                        new GroupReply.OffsetsCommitted(
                                List.of(
                                        new GroupReply.PartitionResult(ORDERS, null),
                                        new GroupReply.PartitionResult(PAYMENTS, null))));
        assertThat(scene.lastRecords())
                .containsExactly(
                        new GroupRecord.OffsetsStored(
                                "g",
                                scene.nowMs(),
                                List.of(offset(ORDERS, 5), offset(PAYMENTS, 6))));
        assertThat(scene.describe("g"))
                .isEqualTo(new GroupReply.DescribedGroup("g", GroupPhase.EMPTY, "", "", List.of()));
    }

    @Test
    void a_member_of_a_group_that_has_emptied_is_refused_and_others_may_commit() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        scene.send(client.leave());
        assertThat(scene.refusal(client.commit(offset(ORDERS, 1))))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.ask(dynamic().commit(offset(ORDERS, 1))))
                .isInstanceOf(GroupReply.OffsetsCommitted.class);
    }

    @Test
    void metadata_that_is_too_long_fails_its_partition_alone() {
        var text = "x".repeat(GroupScene.LIMITS.offsetMetadataMaxLength() + 1);
        var reply =
                (GroupReply.OffsetsCommitted)
                        scene.ask(
                                dynamic()
                                        .commit(
                                                new GroupOffset(ORDERS, 1, -1, text),
                                                offset(PAYMENTS, 2)));
        assertThat(GroupScene.errors(reply.partitions()))
                .containsExactly(ErrorCode.OFFSET_METADATA_TOO_LARGE, null);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(-1);
        assertThat(scene.committed("g", PAYMENTS)).isEqualTo(2);
    }

    @Test
    void offsets_come_back_as_they_were_committed() {
        var orders = new GroupOffset(ORDERS, 7, 3, "half way");
        scene.send(dynamic().commit(orders, offset(PAYMENTS, 2)));
        assertThat(
                        scene.ask(
                                new GroupCommand.FetchOffsets(
                                        "g", List.of(partition(1, 1), ORDERS), false)))
                .isEqualTo(
                        new GroupReply.OffsetsFetched(
                                List.of(new GroupOffset(partition(1, 1), -1, -1, ""), orders),
                                Set.of()));
        assertThat(scene.ask(new GroupCommand.FetchOffsets("g", null, false)))
                .isEqualTo(
                        new GroupReply.OffsetsFetched(
                                List.of(orders, offset(PAYMENTS, 2)), Set.of()));
        assertThat(scene.ask(new GroupCommand.FetchOffsets("unheard-of", null, false)))
                .isEqualTo(new GroupReply.OffsetsFetched(List.of(), Set.of()));
    }

    @Test
    void offsets_of_a_deleted_topic_are_gone_and_do_not_apply_to_its_successor() {
        scene.send(dynamic().commit(offset(ORDERS, 5), offset(PAYMENTS, 6)));
        scene.send(new GroupCommand.ForgetTopics(Set.of(ORDERS.topicId())));
        assertThat(scene.lastRecords())
                .containsExactly(new GroupRecord.TopicsRemoved(List.of(ORDERS.topicId())));
        assertThat(scene.committed("g", ORDERS)).isEqualTo(-1);
        assertThat(scene.committed("g", PAYMENTS)).isEqualTo(6);
        assertThat(scene.committed("g", partition(3, 0))).isEqualTo(-1);
    }

    @Test
    void forgetting_a_topic_without_offsets_writes_nothing() {
        scene.send(new GroupCommand.ForgetTopics(Set.of(new UUID(0, 9))));
        assertThat(scene.lastRecords()).isEmpty();
    }

    @Test
    void a_group_that_only_committed_is_gone_with_its_last_offset() {
        scene.send(dynamic().commit(offset(ORDERS, 5)));
        scene.send(new GroupClient("h").commit(offset(ORDERS, 5)));
        scene.send(delete(named("orders", ORDERS)));
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.DEAD);
        scene.send(new GroupCommand.ForgetTopics(Set.of(ORDERS.topicId())));
        assertThat(scene.phase("h")).isEqualTo(GroupPhase.DEAD);
    }

    @Test
    void offsets_of_an_unknown_group_cannot_be_deleted() {
        assertThat(scene.refusal(delete(named("orders", ORDERS))))
                .isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void offsets_of_a_group_that_is_not_of_consumers_are_deleted_only_when_it_is_empty() {
        GroupClient worker = dynamic();
        worker.protocolType = "connect";
        GroupClient.settle(scene, worker);
        assertThat(scene.refusal(delete(named("orders", ORDERS))))
                .isEqualTo(ErrorCode.NON_EMPTY_GROUP);
    }

    @Test
    void offsets_are_deleted_only_in_topics_that_no_member_subscribes_to() {
        GroupClient consumer = dynamic();
        GroupClient.settle(scene, consumer);
        scene.send(consumer.commit(offset(ORDERS, 5), offset(PAYMENTS, 6)));
        var reply =
                (GroupReply.OffsetsDeleted)
                        scene.ask(delete(named("orders", ORDERS), named("payments", PAYMENTS)));
        assertThat(GroupScene.errors(reply.partitions()))
                .containsExactly(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC, null);
        assertThat(scene.lastRecords())
                .containsExactly(new GroupRecord.OffsetsRemoved("g", List.of(PAYMENTS)));
        assertThat(scene.committed("g", ORDERS)).isEqualTo(5);
        assertThat(scene.committed("g", PAYMENTS)).isEqualTo(-1);
    }

    @Test
    void a_subscription_that_cannot_be_read_counts_as_everything() {
        GroupClient consumer = dynamic();
        consumer.protocols =
                List.of(new GroupCommand.Protocol("range", GroupClient.bytes("garbage")));
        GroupClient.settle(scene, consumer);
        var reply = (GroupReply.OffsetsDeleted) scene.ask(delete(named("orders", ORDERS)));
        assertThat(GroupScene.errors(reply.partitions()))
                .containsExactly(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
    }

    @Test
    void deleting_an_offset_that_is_not_there_is_no_error_and_writes_nothing() {
        scene.send(dynamic().commit(offset(ORDERS, 5)));
        var reply = (GroupReply.OffsetsDeleted) scene.ask(delete(named("payments", PAYMENTS)));
        assertThat(GroupScene.errors(reply.partitions())).containsExactly((ErrorCode) null);
        assertThat(scene.lastRecords()).isEmpty();
    }

    @Test
    void offsets_of_a_group_with_members_never_expire() {
        GroupClient client = dynamic();
        client.sessionTimeoutMs = 1_800_000;
        GroupClient.settle(scene, client);
        scene.send(client.commit(offset(ORDERS, 5)));
        for (int i = 0; i < 400; i++) {
            scene.pass(1_799_000);
            scene.send(client.heartbeat());
        }
        assertThat(scene.committed("g", ORDERS)).isEqualTo(5);
    }

    @Test
    void an_old_commit_outlives_the_very_tick_in_which_its_group_loses_its_last_member() {
        GroupClient client = dynamic();
        client.sessionTimeoutMs = 600_000;
        GroupClient.settle(scene, client);
        scene.send(client.commit(offset(ORDERS, 5)));
        long beats = RETENTION_MS / 500_000 + 1;
        for (long i = 0; i < beats; i++) {
            scene.pass(500_000);
            scene.send(client.heartbeat());
        }
        // Late enough for one tick to find both the session and the next look for offsets due.
        scene.sleep(700_000);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.EMPTY);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(5);
    }

    @Test
    void offsets_expire_when_the_group_has_been_empty_for_the_retention_time() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        scene.send(client.commit(offset(ORDERS, 5)));
        scene.pass(GroupClient.SESSION_MS / 2);
        scene.send(client.leave());
        scene.pass(RETENTION_MS - 1);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(5);
        scene.pass(GroupOffsets.SWEEP_INTERVAL_MS + 1);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(-1);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.DEAD);
        assertThat(scene.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void an_offset_that_is_committed_to_an_empty_group_gets_its_full_time() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        scene.send(client.commit(offset(PAYMENTS, 6)));
        scene.send(client.leave());
        scene.pass(RETENTION_MS - 1);
        scene.send(dynamic().commit(offset(ORDERS, 5)));
        scene.pass(RETENTION_MS - 1);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(5);
        assertThat(scene.committed("g", PAYMENTS)).isEqualTo(-1);
    }

    @Test
    void offsets_of_a_group_that_never_had_members_expire_by_their_commit() {
        scene.send(dynamic().commit(offset(ORDERS, 5)));
        scene.pass(RETENTION_MS / 2);
        scene.send(dynamic().commit(offset(PAYMENTS, 6)));
        scene.pass(RETENTION_MS / 2 + GroupOffsets.SWEEP_INTERVAL_MS);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(-1);
        assertThat(scene.committed("g", PAYMENTS)).isEqualTo(6);
    }

    @Test
    void expiry_looks_at_a_bounded_number_of_groups_at_a_time_and_reaches_them_all() {
        int count = GroupOffsets.SWEEP_GROUPS_MAX + 1;
        var limits = GroupJoinTest.withGroupsMax(count);
        var state =
                new GroupsState(
                        limits, ConsumerGroupLimits.defaults(), StreamsGroupLimits.defaults());
        for (int i = 0; i < count; i++) {
            String groupId = i == 0 ? "" : "g" + i;
            state.replay(new GroupRecord.OffsetsStored(groupId, 0, List.of(offset(ORDERS, i))));
        }
        long nowMs = 2 * RETENTION_MS;
        state.tick(nowMs);
        int removed = 0;
        for (int sweep = 0; sweep < 2; sweep++) {
            nowMs = state.nextDeadlineMs();
            List<GroupRecord> records = state.tick(nowMs).records();
            assertThat(records).hasSizeLessThanOrEqualTo(GroupOffsets.SWEEP_GROUPS_MAX);
            records.forEach(state::replay);
            removed += records.size();
        }
        assertThat(removed).isEqualTo(count);
        assertThat(state.snapshot()).isEmpty();
    }

    private static GroupCommand.NamedPartition named(String topic, GroupPartition partition) {
        return new GroupCommand.NamedPartition(topic, partition);
    }

    private static GroupCommand.DeleteOffsets delete(GroupCommand.NamedPartition... partitions) {
        return new GroupCommand.DeleteOffsets("g", List.of(partitions));
    }
}
