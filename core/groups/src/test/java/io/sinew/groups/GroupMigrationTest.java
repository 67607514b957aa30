package io.sinew.groups;

import static io.sinew.groups.ConsumerClient.named;
import static io.sinew.groups.GroupClient.offset;
import static io.sinew.groups.GroupClient.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Groups with members go over to the new protocol and back, and in between have members of both.
class GroupMigrationTest {
    private static final ConsumerGroupLimits LIMITS = ConsumerGroupLimits.defaults();
    private static final GroupTopic ORDERS = new GroupTopic(new UUID(0, 1), "orders", 4);

    private GroupScene scene = new GroupScene();
    private final ClassicConsumer one = new ClassicConsumer(null);
    private final ClassicConsumer two = new ClassicConsumer(null);
    private final ConsumerClient modern = new ConsumerClient("modern");

    @BeforeEach
    void there_is_a_topic() {
        scene.topics(ORDERS);
    }

    private GroupType type() {
        var listed =
                (GroupReply.GroupsListed)
                        scene.ask(new GroupCommand.ListGroups(Set.of(), Set.of()));
        return listed.groups().getFirst().type();
    }

    /// Lets everybody send heartbeats until nobody has anything to do.
    private void live() {
        scene.pass(LIMITS.assignmentIntervalMs());
        boolean changed = true;
        while (changed) {
            var before = new TreeSet<>(modern.owned);
            int epochBefore = modern.epoch;
            modern.send(scene, modern.owning());
            changed = !before.equals(modern.owned) || epochBefore != modern.epoch;
            changed |= one.live(scene);
            changed |= two.live(scene);
        }
    }

    private Set<Integer> modernOwns() {
        var own = new TreeSet<Integer>();
        modern.owned.forEach(each -> own.add(each.partition()));
        return own;
    }

    // ---- refusals

    @Test
    void a_group_that_is_not_of_consumers_stays_classic() {
        var worker = new GroupClient("g");
        worker.protocolType = "connect";
        GroupClient.settle(scene, worker);
        assertThat(scene.refusal(modern.full())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(scene.ask(worker.heartbeat())).isEqualTo(new GroupReply.Alive());
    }

    @Test
    void a_group_whose_members_can_not_be_understood_stays_classic() {
        var strange = new GroupClient("g");
        GroupClient.settle(scene, strange);
        assertThat(scene.refusal(modern.full())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(type()).isEqualTo(GroupType.CLASSIC);
    }

    @Test
    void nothing_changes_its_protocol_where_that_is_switched_off() {
        scene =
                new GroupScene(
                        GroupScene.LIMITS,
                        new ConsumerGroupLimits(
                                LIMITS.sessionTimeoutMs(),
                                LIMITS.heartbeatIntervalMs(),
                                LIMITS.assignmentIntervalMs(),
                                LIMITS.membersMax(),
                                LIMITS.assignors(),
                                ConsumerGroupLimits.Migration.DISABLED));
        scene.topics(ORDERS);
        ClassicConsumer.settle(scene, 4, one);
        assertThat(scene.refusal(modern.full())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        scene.ask(one.client.leave());
        scene.pass(1);
        modern.join(scene);
        assertThat(scene.refusal(two.join())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void a_refused_heartbeat_leaves_the_group_classic() {
        ClassicConsumer.settle(scene, 2, one, two);
        modern.pattern = "(";
        assertThat(scene.refusal(modern.full())).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
        assertThat(scene.lastRecords()).isEmpty();
        assertThat(scene.ask(one.client.heartbeat())).isEqualTo(new GroupReply.Alive());
    }

    // ---- up

    @Test
    void a_classic_group_becomes_a_consumer_group_with_the_first_member_of_the_new_protocol() {
        ClassicConsumer.settle(scene, 2, one, two);
        int generation = one.client.generation;
        GroupReply.ConsumerBeat beat = modern.join(scene);
        assertThat(beat.memberEpoch()).isEqualTo(generation + 1);
        assertThat(beat.assignment()).isEmpty();
        assertThat(scene.lastRecords()).hasSize(1);
        var change = (GroupRecord.ConsumerGroupChanged) scene.lastRecords().getFirst();
        assertThat(change.said()).hasSize(3);
        assertThat(change.epochs().epoch()).isEqualTo(generation + 1);
        assertThat(type()).isEqualTo(GroupType.CONSUMER);

        live();
        var all = new TreeSet<>(one.owned);
        all.addAll(two.owned);
        all.addAll(modernOwns());
        assertThat(all).containsExactly(0, 1, 2, 3);
        assertThat(one.owned.size() + two.owned.size() + modern.owned.size()).isEqualTo(4);
        assertThat(modern.owned).hasSize(1);
    }

    @Test
    void members_that_wait_for_a_classic_rebalance_are_told_to_join_again() {
        ClassicConsumer.settle(scene, 4, one);
        long waiting = scene.send(two.join());
        modern.join(scene);
        assertThat(scene.refusal(waiting)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(scene.refusal(one.client.heartbeat()))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void classic_members_come_and_go_in_a_consumer_group() {
        modern.join(scene);
        scene.pass(LIMITS.assignmentIntervalMs());
        one.client.requireKnownMemberId = true;
        var known = (GroupReply.MemberIdRequired) scene.ask(one.join());
        one.client.memberId = known.memberId();
        one.rejoin(scene);
        two.rejoin(scene);
        live();
        assertThat(one.owned.size() + two.owned.size()).isBetween(2, 3);
        scene.ask(one.client.leave());
        two.live(scene);
        scene.pass(LIMITS.assignmentIntervalMs());
        modern.send(scene, modern.owning());
        while (two.live(scene) || modernOwns().size() + two.owned.size() < 4) {
            modern.send(scene, modern.owning());
        }
        assertThat(two.owned).hasSize(2);
    }

    @Test
    void a_classic_member_that_does_not_join_again_in_time_loses_its_place() {
        ClassicConsumer.settle(scene, 2, one, two);
        modern.join(scene);
        assertThat(scene.refusal(one.client.heartbeat()))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        for (int passedMs = 0; passedMs < GroupClient.REBALANCE_MS; passedMs += 5_000) {
            modern.send(scene, modern.owning());
            scene.ask(one.client.heartbeat());
            scene.pass(5_000);
        }
        assertThat(scene.refusal(one.client.heartbeat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void both_kinds_of_members_go_on_after_a_crash() {
        ClassicConsumer.settle(scene, 2, one, two);
        modern.join(scene);
        live();
        scene.crash();
        assertThat(one.live(scene)).isFalse();
        modern.send(scene, modern.owning());
        assertThat(scene.lastRecords()).isEmpty();
        assertThat(scene.ask(one.client.commit(offset(partition(1, one.owned.first()), 5))))
                .isInstanceOf(GroupReply.OffsetsCommitted.class);
    }

    // ---- down

    @Test
    void a_consumer_group_whose_last_member_of_the_new_protocol_leaves_is_classic_again() {
        ClassicConsumer.settle(scene, 2, one, two);
        modern.join(scene);
        live();
        modern.send(scene, modern.leave(Holding.LEAVING));
        assertThat(scene.lastRecords()).hasSize(1);
        assertThat(scene.lastRecords().getFirst()).isInstanceOf(GroupRecord.GenerationStored.class);
        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.PREPARING_REBALANCE);
        long first = scene.send(one.join());
        long second = scene.send(two.join());
        one.client.joined(scene, first);
        two.client.joined(scene, second);
        GroupClient.sync(scene, one.client, two.client);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.STABLE);
    }

    @Test
    void who_stays_when_the_last_member_of_the_new_protocol_leaves_may_commit_before_it_rejoins() {
        ClassicConsumer.settle(scene, 2, one, two);
        modern.join(scene);
        live();
        modern.send(scene, modern.leave(Holding.LEAVING));
        assertThat(scene.refusal(one.client.heartbeat()))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(scene.ask(one.client.commit(offset(partition(1, one.owned.first()), 5))))
                .isInstanceOf(GroupReply.OffsetsCommitted.class);
    }

    @Test
    void a_member_of_the_new_protocol_that_falls_silent_leaves_a_classic_group_behind() {
        ClassicConsumer.settle(scene, 2, one, two);
        modern.join(scene);
        live();
        for (int passedMs = 0; passedMs < LIMITS.sessionTimeoutMs(); passedMs += 5_000) {
            one.live(scene);
            two.live(scene);
            scene.pass(5_000);
        }
        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.PREPARING_REBALANCE);
    }

    @Test
    void a_static_member_that_returns_to_the_classic_protocol_finds_its_partitions() {
        ConsumerClient named = named("s-1", "s");
        named.join(scene);
        named.send(scene, named.leave(Holding.LEFT_FOR_A_WHILE));
        var classic = new ClassicConsumer("s");
        classic.client.joined(scene, scene.send(classic.join()));
        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.STABLE);
        classic.take((GroupReply.Synced) scene.ask(classic.client.sync()));
        assertThat(classic.owned).containsExactly(0, 1, 2, 3);
    }

    // ---- empty groups

    @Test
    void an_empty_group_takes_whatever_protocol_comes_and_keeps_its_offsets() {
        modern.join(scene);
        scene.ask(modern.commit(1, partition(1, 0)));
        modern.send(scene, modern.leave(Holding.LEAVING));
        ClassicConsumer.settle(scene, 4, one);
        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        assertThat(scene.committed("g", partition(1, 0))).isEqualTo(7);
        scene.ask(one.client.leave());
        modern.join(scene);
        assertThat(type()).isEqualTo(GroupType.CONSUMER);
        assertThat(scene.committed("g", partition(1, 0))).isEqualTo(7);
        assertThat(scene.describe("g").members()).isEqualTo(List.of());
    }
}
