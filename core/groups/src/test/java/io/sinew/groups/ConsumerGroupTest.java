package io.sinew.groups;

import static io.sinew.groups.ConsumerClient.named;
import static io.sinew.groups.ConsumerClient.settle;
import static io.sinew.groups.GroupClient.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Members of consumer groups (KIP-848) join, share, leave and are fenced. At the end of each test
/// the whole log and a snapshot must give the same.
class ConsumerGroupTest {
    private static final ConsumerGroupLimits LIMITS = ConsumerGroupLimits.defaults();
    private static final GroupTopic ORDERS = topic(1, "orders", 4);

    private final GroupScene scene = new GroupScene();
    private final ConsumerClient first = new ConsumerClient("a");
    private final ConsumerClient second = new ConsumerClient("b");

    private static GroupTopic topic(long id, String name, int partitions) {
        return new GroupTopic(new UUID(0, id), name, partitions);
    }

    private static SortedSet<GroupPartition> of(long topic, int... partitions) {
        var all = new TreeSet<GroupPartition>();
        Arrays.stream(partitions).forEach(index -> all.add(partition(topic, index)));
        return all;
    }

    private static SortedMap<GroupPartition, Integer> since(int epoch, int... partitions) {
        var all = new TreeMap<GroupPartition, Integer>();
        of(1, partitions).forEach(each -> all.put(each, epoch));
        return all;
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

    private GroupReply.DescribedConsumerGroup described() {
        var all =
                (GroupReply.ConsumerGroupsDescribed)
                        scene.ask(new GroupCommand.DescribeConsumerGroups(List.of("g")));
        return (GroupReply.DescribedConsumerGroup) all.groups().getFirst();
    }

    private GroupRecord.ConsumerGroupChanged lastChange() {
        assertThat(scene.lastRecords()).hasSize(1);
        return (GroupRecord.ConsumerGroupChanged) scene.lastRecords().getFirst();
    }

    // ---- refusals

    @Test
    void a_heartbeat_for_a_group_that_is_not_there_is_refused() {
        first.epoch = 1;
        assertThat(scene.refusal(first.beat())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(scene.refusal(first.leave(Holding.LEAVING)))
                .isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void a_heartbeat_of_somebody_unknown_is_refused() {
        first.join(scene);
        second.epoch = 1;
        assertThat(scene.refusal(second.beat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.refusal(second.leave(Holding.LEAVING)))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.lastRecords()).isEmpty();
    }

    @Test
    void a_member_that_joins_has_to_say_everything_and_to_own_nothing() {
        assertThat(scene.refusal(first.beat())).isEqualTo(ErrorCode.INVALID_REQUEST);
        first.owned = of(1, 0);
        assertThat(scene.refusal(first.full())).isEqualTo(ErrorCode.INVALID_REQUEST);
        first.epoch = -3;
        assertThat(scene.refusal(first.full())).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(scene.refusal(first.leave(Holding.LEFT_FOR_A_WHILE)))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void an_assignor_that_there_is_not_is_refused() {
        first.assignor = "sticky";
        assertThat(scene.refusal(first.full())).isEqualTo(ErrorCode.UNSUPPORTED_ASSIGNOR);
    }

    @Test
    void a_pattern_that_is_none_or_too_long_is_refused() {
        first.pattern = "orders(";
        assertThat(scene.refusal(first.full())).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
        first.pattern = "o".repeat(ConsumerGroupLimits.PATTERN_MAX_LENGTH + 1);
        assertThat(scene.refusal(first.full())).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
        assertThat(scene.snapshot()).isEmpty();
    }

    @Test
    void an_epoch_that_the_member_is_not_in_fences_it() {
        first.join(scene);
        first.epoch = 2;
        assertThat(scene.refusal(first.owning())).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        for (int partitions = 5; partitions < 7; partitions++) {
            first.epoch = partitions - 4;
            scene.topics(topic(1, "orders", partitions));
            settle(scene, first);
        }
        assertThat(first.epoch).isEqualTo(3);
        first.epoch = 1;
        assertThat(scene.refusal(first.owning())).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
    }

    // ---- joining and sharing

    @Test
    void the_first_member_gets_all_partitions_at_once() {
        GroupReply.ConsumerBeat beat = first.join(scene);
        assertThat(beat)
                .isEqualTo(
                        new GroupReply.ConsumerBeat(
                                "a", 1, LIMITS.heartbeatIntervalMs(), of(1, 0, 1, 2, 3)));
        GroupRecord.ConsumerGroupChanged change = lastChange();
        assertThat(change)
                .isEqualTo(
                        new GroupRecord.ConsumerGroupChanged(
                                "g",
                                new GroupRecord.Epochs(
                                        1, 1, change.epochs().topicsHash(), scene.nowMs()),
                                List.of(
                                        new GroupRecord.SaidByMember(
                                                "a",
                                                null,
                                                null,
                                                "app",
                                                "/127.0.0.1",
                                                ConsumerClient.REBALANCE_MS,
                                                List.of("orders"),
                                                "",
                                                null,
                                                null)),
                                List.of(new GroupRecord.Target("a", of(1, 0, 1, 2, 3))),
                                List.of(
                                        new GroupRecord.MemberHolding(
                                                "a",
                                                new Holding<>(
                                                        1,
                                                        0,
                                                        Holding.Step.STABLE,
                                                        since(1, 0, 1, 2, 3),
                                                        new TreeMap<GroupPartition, Integer>()))),
                                List.of()));
        assertThat(described().phase()).isEqualTo(GroupPhase.STABLE);
    }

    @Test
    void a_heartbeat_that_brings_nothing_new_is_not_written_down() {
        first.join(scene);
        assertThat(first.send(scene, first.beat()))
                .isEqualTo(new GroupReply.ConsumerBeat("a", 1, LIMITS.heartbeatIntervalMs(), null));
        assertThat(scene.lastRecords()).isEmpty();
        assertThat(first.send(scene, first.full()).assignment()).isEqualTo(of(1, 0, 1, 2, 3));
        assertThat(scene.lastRecords()).isEmpty();
    }

    @Test
    void a_partition_is_given_up_by_one_member_before_another_gets_it() {
        first.join(scene);
        scene.pass(LIMITS.assignmentIntervalMs());
        assertThat(second.join(scene).assignment()).isEmpty();
        assertThat(second.epoch).isEqualTo(2);
        assertThat(described().phase()).isEqualTo(GroupPhase.RECONCILING);

        // It has to give up two, and keeps its epoch until it has.
        var revoked = new TreeSet<>(first.owned);
        GroupReply.ConsumerBeat asked = first.send(scene, first.beat());
        revoked.removeAll(first.owned);
        assertThat(asked.memberEpoch()).isEqualTo(1);
        assertThat(asked.assignment()).hasSize(2);
        assertThat(second.send(scene, second.beat()).assignment()).isNull();
        assertThat(scene.lastRecords()).isEmpty();

        assertThat(first.send(scene, first.owning()).memberEpoch()).isEqualTo(2);
        assertThat(second.send(scene, second.beat()).assignment()).isEqualTo(revoked);
        assertThat(described().phase()).isEqualTo(GroupPhase.STABLE);
    }

    @Test
    void an_answer_that_was_lost_is_given_again() {
        first.join(scene);
        scene.pass(LIMITS.assignmentIntervalMs());
        second.join(scene);
        first.send(scene, first.beat());
        GroupCommand.ConsumerHeartbeat again = first.owning();
        assertThat(((GroupReply.ConsumerBeat) scene.ask(again)).memberEpoch()).isEqualTo(2);
        assertThat(((GroupReply.ConsumerBeat) scene.ask(again)).memberEpoch()).isEqualTo(2);
        first.owned.add(partition(1, 0));
        first.owned.add(partition(1, 3));
        assertThat(scene.refusal(first.owning())).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
    }

    @Test
    void a_fenced_member_begins_again_with_what_it_had() {
        first.join(scene);
        assertThat(first.join(scene).assignment()).isEqualTo(of(1, 0, 1, 2, 3));
        assertThat(scene.lastRecords()).isEmpty();
    }

    @Test
    void targets_are_computed_once_an_interval() {
        first.join(scene);
        assertThat(second.join(scene).assignment()).isEmpty();
        assertThat(described().phase()).isEqualTo(GroupPhase.ASSIGNING);
        scene.pass(LIMITS.assignmentIntervalMs() - 1);
        second.send(scene, second.beat());
        assertThat(described().phase()).isEqualTo(GroupPhase.ASSIGNING);
        scene.pass(1);
        second.send(scene, second.beat());
        assertThat(described().targetEpoch()).isEqualTo(2);
    }

    @Test
    void a_member_that_subscribes_to_other_topics_gives_up_what_it_does_not_want() {
        scene.topics(ORDERS, topic(2, "payments", 1));
        first.join(scene);
        first.topics = List.of("payments");
        GroupReply.ConsumerBeat beat = first.send(scene, first.full());
        assertThat(beat.memberEpoch()).isEqualTo(1);
        assertThat(beat.assignment()).isEmpty();
        settle(scene, first);
        assertThat(first.owned).isEqualTo(of(2, 0));
    }

    // ---- leaving

    @Test
    void the_partitions_of_a_member_that_leaves_are_shared_out() {
        first.join(scene);
        second.join(scene);
        settle(scene, first, second);
        assertThat(first.owned).hasSize(2);
        assertThat(second.send(scene, second.leave(Holding.LEAVING)).memberEpoch())
                .isEqualTo(Holding.LEAVING);
        assertThat(lastChange().left()).containsExactly("b");
        settle(scene, first);
        assertThat(first.owned).isEqualTo(of(1, 0, 1, 2, 3));
    }

    @Test
    void a_group_whose_last_member_left_is_empty_and_counts_on() {
        first.join(scene);
        first.send(scene, first.leave(Holding.LEAVING));
        assertThat(described().phase()).isEqualTo(GroupPhase.EMPTY);
        assertThat(scene.nextDeadlineMs() - scene.nowMs()).isGreaterThan(1_000);
        assertThat(second.join(scene).memberEpoch()).isEqualTo(3);
        assertThat(second.owned).isEqualTo(of(1, 0, 1, 2, 3));
    }

    @Test
    void a_silent_member_loses_its_place() {
        first.join(scene);
        second.join(scene);
        settle(scene, first, second);
        scene.pass(LIMITS.sessionTimeoutMs() - 1);
        first.send(scene, first.beat());
        scene.pass(1);
        assertThat(scene.refusal(second.beat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        settle(scene, first);
        assertThat(first.owned).hasSize(4);
    }

    @Test
    void a_member_that_does_not_give_up_what_it_has_to_loses_its_place() {
        first.join(scene);
        scene.pass(LIMITS.assignmentIntervalMs());
        second.join(scene);
        var kept = new TreeSet<>(first.owned);
        first.send(scene, first.beat());
        first.owned = kept;
        scene.pass(ConsumerClient.REBALANCE_MS - 1);
        scene.ask(first.owning());
        scene.pass(1);
        assertThat(scene.refusal(first.owning())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        settle(scene, second);
        assertThat(second.owned).hasSize(4);
    }

    // ---- static members

    @Test
    void a_static_member_comes_back_to_its_partitions_under_another_id() {
        ConsumerClient one = named("one-1", "one");
        one.join(scene);
        second.join(scene);
        settle(scene, one, second);
        var before = new TreeSet<>(one.owned);
        one.send(scene, one.leave(Holding.LEFT_FOR_A_WHILE));
        ConsumerClient again = named("one-2", "one");
        assertThat(again.join(scene).assignment()).isEqualTo(before);
        assertThat(again.epoch).isEqualTo(second.epoch);
        assertThat(scene.refusal(one.beat())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(described().members()).hasSize(2);
    }

    @Test
    void the_place_of_a_static_member_that_is_there_is_not_given_away() {
        named("one-1", "one").join(scene);
        assertThat(scene.refusal(named("one-2", "one").full()))
                .isEqualTo(ErrorCode.UNRELEASED_INSTANCE_ID);
    }

    @Test
    void a_static_member_that_does_not_come_back_loses_its_place() {
        ConsumerClient one = named("one-1", "one");
        one.join(scene);
        one.send(scene, one.leave(Holding.LEFT_FOR_A_WHILE));
        scene.pass(LIMITS.sessionTimeoutMs());
        assertThat(described().phase()).isEqualTo(GroupPhase.EMPTY);
    }

    // ---- topics

    @Test
    void new_partitions_and_new_topics_are_found_at_the_next_heartbeat() {
        first.topics = List.of("orders", "later");
        first.join(scene);
        scene.topics(topic(1, "orders", 5));
        settle(scene, first);
        assertThat(first.owned).isEqualTo(of(1, 0, 1, 2, 3, 4));
        scene.topics(topic(1, "orders", 5), topic(2, "later", 1));
        settle(scene, first);
        assertThat(first.owned).hasSize(6);
        scene.topics(topic(2, "later", 1));
        settle(scene, first);
        assertThat(first.owned).isEqualTo(of(2, 0));
    }

    @Test
    void topics_that_nobody_subscribes_to_change_nothing() {
        first.join(scene);
        scene.topics(ORDERS, topic(2, "other", 1));
        first.send(scene, first.beat());
        assertThat(scene.lastRecords()).isEmpty();
    }

    @Test
    void a_pattern_stands_for_the_topics_whose_whole_name_matches() {
        scene.topics(ORDERS, topic(2, "orders-eu", 1), topic(3, "my-orders", 1));
        first.topics = List.of();
        first.pattern = "orders(-[a-z]+)?";
        assertThat(first.join(scene).assignment()).hasSize(5);
        scene.topics(ORDERS, topic(2, "orders-eu", 1), topic(4, "orders-us", 2));
        settle(scene, first);
        assertThat(first.owned).hasSize(7);
    }

    // ---- offsets

    @Test
    void a_commit_from_an_earlier_epoch_is_taken_for_partitions_that_were_its_own_by_then() {
        first.join(scene);
        scene.pass(LIMITS.assignmentIntervalMs());
        second.join(scene);
        settle(scene, first, second);
        GroupPartition kept = first.owned.first();
        GroupPartition given = second.owned.first();
        assertThat(scene.ask(first.commit(1, kept)))
                .isInstanceOf(GroupReply.OffsetsCommitted.class);
        assertThat(scene.refusal(first.commit(1, given))).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(scene.refusal(second.commit(1, given))).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(scene.refusal(first.commit(3, kept))).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(scene.ask(second.commit(2, given)))
                .isInstanceOf(GroupReply.OffsetsCommitted.class);
        assertThat(scene.committed("g", kept)).isEqualTo(7);
    }

    @Test
    void a_stranger_commits_and_reads_only_if_nobody_is_there() {
        first.join(scene);
        var stranger = new ConsumerClient("");
        assertThat(scene.refusal(stranger.commit(-1, partition(1, 0))))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        first.send(scene, first.leave(Holding.LEAVING));
        assertThat(scene.ask(stranger.commit(-1, partition(1, 0))))
                .isInstanceOf(GroupReply.OffsetsCommitted.class);
    }

    @Test
    void offsets_are_read_in_the_members_epoch() {
        first.join(scene);
        var wanted = List.of(partition(1, 0));
        assertThat(scene.refusal(new GroupCommand.FetchOffsets("g", wanted, "a", 0, false)))
                .isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(scene.refusal(new GroupCommand.FetchOffsets("g", wanted, "x", 1, false)))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.ask(new GroupCommand.FetchOffsets("g", wanted, "a", 1, false)))
                .isInstanceOf(GroupReply.OffsetsFetched.class);
    }

    // ---- administration

    @Test
    void a_group_is_listed_with_its_type_and_deleted_when_it_is_empty() {
        first.join(scene);
        assertThat(scene.ask(new GroupCommand.ListGroups(Set.of("stable"), Set.of("consumer"))))
                .isEqualTo(
                        new GroupReply.GroupsListed(
                                List.of(
                                        new GroupReply.ListedGroup(
                                                "g",
                                                "consumer",
                                                GroupPhase.STABLE,
                                                GroupType.CONSUMER))));
        assertThat(scene.ask(new GroupCommand.ListGroups(Set.of(), Set.of("classic"))))
                .isEqualTo(new GroupReply.GroupsListed(List.of()));
        assertThat(scene.describe("g").phase()).isEqualTo(GroupPhase.DEAD);
        var delete = new GroupCommand.DeleteGroups(List.of("g"));
        assertThat(scene.ask(delete))
                .isEqualTo(
                        new GroupReply.GroupsDeleted(
                                List.of(
                                        new GroupReply.GroupResult(
                                                "g", ErrorCode.NON_EMPTY_GROUP))));
        first.send(scene, first.leave(Holding.LEAVING));
        scene.ask(delete);
        assertThat(scene.snapshot()).isEmpty();
    }

    @Test
    void offsets_are_deleted_of_topics_that_nobody_subscribes_to() {
        scene.topics(ORDERS, topic(2, "payments", 1));
        first.join(scene);
        scene.ask(first.commit(1, partition(1, 0), partition(2, 0)));
        var deleted =
                (GroupReply.OffsetsDeleted)
                        scene.ask(
                                new GroupCommand.DeleteOffsets(
                                        "g",
                                        List.of(
                                                new GroupCommand.NamedPartition(
                                                        "orders", partition(1, 0)),
                                                new GroupCommand.NamedPartition(
                                                        "payments", partition(2, 0)))));
        assertThat(GroupScene.errors(deleted.partitions()))
                .containsExactly(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC, null);
        assertThat(scene.committed("g", partition(1, 0))).isEqualTo(7);
        assertThat(scene.committed("g", partition(2, 0))).isEqualTo(-1);
    }

    // ---- restart

    @Test
    void after_a_crash_members_go_on_in_their_epoch_with_what_they_had() {
        first.join(scene);
        second.join(scene);
        settle(scene, first, second);
        var before = new TreeSet<>(first.owned);
        scene.pass(LIMITS.sessionTimeoutMs() - 1);
        scene.crash();
        scene.pass(LIMITS.sessionTimeoutMs() - 1);
        assertThat(first.send(scene, first.full()).assignment()).isEqualTo(before);
        assertThat(scene.lastRecords()).isEmpty();
        scene.pass(1);
        assertThat(scene.refusal(second.beat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }
}
