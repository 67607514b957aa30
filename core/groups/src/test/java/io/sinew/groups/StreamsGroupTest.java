package io.sinew.groups;

import static io.sinew.groups.GroupClient.partition;
import static io.sinew.groups.StreamsClient.active;
import static io.sinew.groups.StreamsClient.counting;
import static io.sinew.groups.StreamsClient.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sinew.base.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Members of streams groups (KIP-1071) join, share tasks, leave and are fenced. At the end of each
/// test the whole log and a snapshot must give the same.
class StreamsGroupTest {
    private static final StreamsGroupLimits LIMITS = StreamsGroupLimits.defaults();
    private static final GroupTopic ORDERS = topic(1, "orders", 4);

    private GroupScene scene = new GroupScene();
    private final StreamsClient first = new StreamsClient("a", "p1", counting(false, "orders"));
    private final StreamsClient second = new StreamsClient("b", "p2", counting(false, "orders"));

    private static GroupTopic topic(long id, String name, int partitions) {
        return new GroupTopic(new UUID(0, id), name, partitions);
    }

    private static SortedSet<StreamsTask> tasks(int... partitions) {
        var tasks = new TreeSet<StreamsTask>();
        Arrays.stream(partitions).forEach(index -> tasks.add(active(index)));
        return tasks;
    }

    private static List<GroupReply.StreamsCondition> conditions(GroupReply.StreamsBeat beat) {
        return beat.statuses().stream().map(GroupReply.StreamsStatus::condition).toList();
    }

    @BeforeEach
    void there_is_a_topic() {
        scene.topics(ORDERS);
    }

    @AfterEach
    void the_log_and_its_snapshot_give_the_same() {
        List<GroupRecord> live = scene.snapshot();
        scene.crash();
        assertThat(scene.snapshot()).isEqualTo(live);
        scene.compact();
        scene.crash();
        assertThat(scene.snapshot()).isEqualTo(live);
    }

    private GroupReply.DescribedStreamsGroup described() {
        var all =
                (GroupReply.StreamsGroupsDescribed)
                        scene.ask(new GroupCommand.DescribeStreamsGroups(List.of("app")));
        return (GroupReply.DescribedStreamsGroup) all.groups().getFirst();
    }

    // ---- refusals

    @Test
    void a_heartbeat_for_a_group_or_of_a_member_that_is_not_there_is_refused() {
        first.epoch = 1;
        assertThat(scene.refusal(first.beat())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        first.join(scene);
        second.epoch = 1;
        assertThat(scene.refusal(second.beat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.refusal(second.leave())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        first.epoch = 5;
        assertThat(scene.refusal(first.owning())).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
    }

    @Test
    void a_member_that_joins_has_to_say_everything_and_to_have_nothing() {
        assertThat(scene.refusal(first.beat())).isEqualTo(ErrorCode.INVALID_REQUEST);
        first.owned = tasks(0);
        assertThat(scene.refusal(first.full())).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void another_topology_of_the_same_version_is_refused_while_members_are_there() {
        first.join(scene);
        second.topology = counting(true, "orders");
        assertThat(scene.refusal(second.full())).isEqualTo(ErrorCode.INVALID_REQUEST);
        first.send(scene, first.leave());
        assertThat(second.join(scene).memberEpoch()).isPositive();
    }

    @Test
    void a_task_that_there_is_not_is_refused() {
        first.join(scene);
        first.owned = tasks(0, 7);
        assertThat(scene.refusal(first.owning())).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void a_group_of_another_protocol_is_not_taken_over() {
        var consumer = new ConsumerClient("c");
        consumer.groupId = "app";
        consumer.join(scene);
        assertThat(scene.refusal(first.full())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        consumer.send(scene, consumer.leave(Holding.LEAVING));
        first.join(scene);
        assertThat(scene.refusal(consumer.full())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        var classic = new GroupClient("app");
        assertThat(scene.refusal(classic.join())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    // ---- topics

    @Test
    void an_application_waits_for_the_topics_that_it_reads() {
        scene.topics();
        GroupReply.StreamsBeat beat = first.join(scene);
        assertThat(conditions(beat))
                .containsExactly(GroupReply.StreamsCondition.SOURCE_TOPICS_MISSING);
        assertThat(beat.tasks()).isEmpty();
        assertThat(described().phase()).isEqualTo(GroupPhase.NOT_READY);
        scene.topics(ORDERS);
        settle(scene, first);
        assertThat(first.owned).isEqualTo(tasks(0, 1, 2, 3));
        assertThat(described().phase()).isEqualTo(GroupPhase.STABLE);
    }

    @Test
    void topics_of_its_own_are_asked_for_until_they_are_there() {
        first.topology = counting(true, "orders");
        GroupReply.StreamsBeat beat = first.join(scene);
        assertThat(conditions(beat))
                .containsExactly(GroupReply.StreamsCondition.INTERNAL_TOPICS_MISSING);
        assertThat(beat.topicsToMake())
                .extracting(GroupReply.TopicToMake::name, GroupReply.TopicToMake::partitions)
                .containsExactly(tuple("app-changelog", 4));
        scene.topics(ORDERS, topic(2, "app-changelog", 4));
        settle(scene, first);
        assertThat(first.owned).isEqualTo(tasks(0, 1, 2, 3));
    }

    @Test
    void a_topic_of_its_own_with_other_partitions_keeps_it_from_working() {
        scene.topics(ORDERS, topic(2, "app-changelog", 3));
        first.topology = counting(true, "orders");
        assertThat(conditions(first.join(scene)))
                .containsExactly(GroupReply.StreamsCondition.TOPICS_WRONGLY_PARTITIONED);
    }

    // ---- sharing

    @Test
    void the_first_member_gets_all_tasks_in_one_record() {
        GroupReply.StreamsBeat beat = first.join(scene);
        assertThat(beat.memberEpoch()).isEqualTo(1);
        assertThat(beat.tasks()).isEqualTo(tasks(0, 1, 2, 3));
        assertThat(beat.statuses()).isEmpty();
        assertThat(scene.lastRecords()).hasSize(1);
        var change = (GroupRecord.StreamsGroupChanged) scene.lastRecords().getFirst();
        assertThat(change.topology()).isEqualTo(first.topology);
        assertThat(change.epochs().targetEpoch()).isEqualTo(1);
        assertThat(change.members()).hasSize(1);
    }

    @Test
    void a_heartbeat_that_brings_nothing_new_is_not_written_down() {
        first.join(scene);
        assertThat(first.send(scene, first.owning()).tasks()).isNull();
        assertThat(scene.lastRecords()).isEmpty();
    }

    @Test
    void a_task_is_given_up_by_one_member_before_another_gets_it() {
        first.join(scene);
        scene.pass(LIMITS.assignmentIntervalMs());
        assertThat(second.join(scene).tasks()).isEmpty();
        var before = new TreeSet<>(first.owned);
        GroupReply.StreamsBeat asked = first.send(scene, first.beat());
        assertThat(asked.memberEpoch()).isEqualTo(1);
        assertThat(asked.tasks()).hasSize(2);
        assertThat(second.send(scene, second.beat()).tasks()).isNull();
        assertThat(first.send(scene, first.owning()).memberEpoch()).isEqualTo(2);
        before.removeAll(first.owned);
        assertThat(second.send(scene, second.beat()).tasks()).isEqualTo(before);
        assertThat(described().phase()).isEqualTo(GroupPhase.STABLE);
    }

    @Test
    void copies_of_tasks_with_state_are_in_other_processes() {
        scene =
                new GroupScene(
                        GroupScene.LIMITS,
                        ConsumerGroupLimits.defaults(),
                        new StreamsGroupLimits(
                                LIMITS.sessionTimeoutMs(),
                                LIMITS.heartbeatIntervalMs(),
                                LIMITS.assignmentIntervalMs(),
                                0,
                                LIMITS.membersMax(),
                                1));
        scene.topics(ORDERS, topic(2, "app-changelog", 4));
        first.topology = counting(true, "orders");
        second.topology = first.topology;
        first.join(scene);
        second.join(scene);
        settle(scene, first, second);
        for (StreamsClient client : List.of(first, second)) {
            assertThat(client.owned).hasSize(4);
            assertThat(client.owned.stream().map(task -> task.as(StreamsTask.Role.ACTIVE)))
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void a_new_group_waits_for_members_if_that_is_set() {
        scene =
                new GroupScene(
                        GroupScene.LIMITS,
                        ConsumerGroupLimits.defaults(),
                        new StreamsGroupLimits(
                                LIMITS.sessionTimeoutMs(),
                                LIMITS.heartbeatIntervalMs(),
                                LIMITS.assignmentIntervalMs(),
                                3_000,
                                LIMITS.membersMax(),
                                0));
        scene.topics(ORDERS);
        GroupReply.StreamsBeat beat = first.join(scene);
        assertThat(conditions(beat))
                .containsExactly(GroupReply.StreamsCondition.ASSIGNMENT_DELAYED);
        assertThat(beat.tasks()).isEmpty();
        scene.pass(2_999);
        assertThat(first.join(scene).tasks()).isEmpty();
        scene.pass(1);
        assertThat(first.join(scene).tasks()).hasSize(4);
    }

    // ---- leaving and time

    @Test
    void the_tasks_of_a_member_that_leaves_are_shared_out() {
        first.join(scene);
        second.join(scene);
        settle(scene, first, second);
        assertThat(first.owned).hasSize(2);
        assertThat(second.send(scene, second.leave()).memberEpoch()).isEqualTo(Holding.LEAVING);
        settle(scene, first);
        assertThat(first.owned).hasSize(4);
    }

    @Test
    void a_silent_member_loses_its_place_and_one_that_gives_nothing_up_too() {
        first.join(scene);
        scene.pass(LIMITS.assignmentIntervalMs());
        second.join(scene);
        var kept = new TreeSet<>(first.owned);
        first.send(scene, first.beat());
        first.owned = kept;
        scene.pass(StreamsClient.REBALANCE_MS);
        assertThat(scene.refusal(first.owning())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        scene.pass(LIMITS.sessionTimeoutMs() - StreamsClient.REBALANCE_MS);
        assertThat(described().phase()).isEqualTo(GroupPhase.EMPTY);
    }

    @Test
    void everybody_hears_that_the_application_is_to_end() {
        first.join(scene);
        second.join(scene);
        first.send(scene, first.shutdown());
        assertThat(conditions(second.send(scene, second.beat())))
                .contains(GroupReply.StreamsCondition.SHUTDOWN);
    }

    // ---- offsets and administration

    @Test
    void a_commit_from_an_earlier_epoch_is_taken_for_tasks_that_were_its_own_by_then() {
        first.join(scene);
        scene.pass(LIMITS.assignmentIntervalMs());
        second.join(scene);
        settle(scene, first, second);
        GroupPartition kept = partition(1, first.owned.first().partition());
        GroupPartition given = partition(1, second.owned.first().partition());
        assertThat(scene.ask(commit("a", 1, kept))).isInstanceOf(GroupReply.OffsetsCommitted.class);
        assertThat(scene.refusal(commit("a", 1, given))).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(scene.refusal(commit("a", 3, kept))).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
    }

    private static GroupCommand.CommitOffsets commit(
            String memberId, int epoch, GroupPartition partition) {
        return new GroupCommand.CommitOffsets(
                new GroupCommand.Claim("app", epoch, memberId, null),
                List.of(GroupClient.offset(partition, 7)));
    }

    @Test
    void a_group_is_listed_with_its_type_and_deleted_when_it_is_empty() {
        first.join(scene);
        var listed =
                (GroupReply.GroupsListed)
                        scene.ask(new GroupCommand.ListGroups(Set.of(), Set.of("streams")));
        assertThat(listed.groups())
                .containsExactly(
                        new GroupReply.ListedGroup(
                                "app", "streams", GroupPhase.STABLE, GroupType.STREAMS));
        first.send(scene, first.leave());
        scene.ask(new GroupCommand.DeleteGroups(List.of("app")));
        assertThat(scene.snapshot()).isEmpty();
    }

    // ---- restart

    @Test
    void after_a_crash_members_go_on_in_their_epoch_with_what_they_had() {
        first.join(scene);
        second.join(scene);
        settle(scene, first, second);
        scene.crash();
        assertThat(first.send(scene, first.owning()).memberEpoch()).isEqualTo(first.epoch);
        assertThat(scene.lastRecords()).isEmpty();
        assertThat(described().members()).hasSize(2);
    }
}
