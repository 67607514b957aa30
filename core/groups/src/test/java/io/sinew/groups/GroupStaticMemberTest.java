package io.sinew.groups;

import static io.sinew.groups.GroupClient.bytes;
import static io.sinew.groups.GroupClient.dynamic;
import static io.sinew.groups.GroupClient.named;
import static io.sinew.groups.GroupClient.offset;
import static io.sinew.groups.GroupClient.partition;
import static io.sinew.groups.GroupClient.protocol;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupStaticMemberTest {
    private final GroupScene scene = new GroupScene();

    @Test
    void whoever_held_the_name_before_is_fenced_from_everything() {
        GroupClient old = named("i");
        GroupClient.settle(scene, dynamic(), old);
        GroupClient young = old.restarted();
        young.joined(scene, scene.send(young.join()));

        assertThat(scene.refusal(old.join())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(scene.refusal(old.sync())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(scene.refusal(old.heartbeat())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(scene.refusal(old.commit(offset(partition(1, 0), 1))))
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        var left = (GroupReply.Left) scene.ask(old.leave());
        assertThat(left.members().getFirst().error()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(scene.ask(young.heartbeat())).isEqualTo(new GroupReply.Alive());
    }

    @Test
    void the_parked_join_of_whoever_held_the_name_before_is_fenced() {
        GroupClient leader = dynamic();
        GroupClient.settle(scene, leader);
        GroupClient old = named("i");
        long parked = scene.send(old.join());
        GroupClient young = old.restarted();
        long join = scene.send(young.join());
        assertThat(scene.refusal(parked)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        scene.send(leader.join());
        assertThat(young.joined(scene, join).generation()).isEqualTo(2);
    }

    @Test
    void an_instance_id_that_the_group_does_not_know_is_refused() {
        GroupClient leader = dynamic();
        GroupClient.settle(scene, leader);
        leader.instanceId = "unheard-of";
        assertThat(scene.refusal(leader.heartbeat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void a_follower_that_restarts_gets_its_assignment_back_and_nobody_else_notices() {
        GroupClient leader = dynamic();
        GroupClient old = named("i");
        GroupClient.settle(scene, leader, old);
        GroupClient young = old.restarted();
        GroupReply.Joined joined = young.joined(scene, scene.send(young.join()));

        assertThat(joined.generation()).isEqualTo(old.generation);
        assertThat(joined.leader()).isEqualTo(leader.memberId);
        assertThat(joined.skipAssignment()).isFalse();
        assertThat(young.memberId).isNotEqualTo(old.memberId).startsWith("i-");
        var synced = (GroupReply.Synced) scene.ask(young.sync());
        assertThat(synced.assignment()).isEqualTo(bytes("for " + old.memberId));
        assertThat(scene.ask(leader.heartbeat())).isEqualTo(new GroupReply.Alive());
    }

    @Test
    void a_restarted_follower_is_stored_under_its_new_id() {
        GroupClient old = named("i");
        GroupClient.settle(scene, dynamic(), old);
        GroupClient young = old.restarted();
        young.joined(scene, scene.send(young.join()));
        assertThat(scene.lastRecords()).hasSize(1);
        var stored = (GroupRecord.GenerationStored) scene.lastRecords().getFirst();
        assertThat(stored.generation()).isEqualTo(old.generation);
        assertThat(stored.members())
                .extracting(GroupRecord.StoredMember::memberId)
                .contains(young.memberId)
                .doesNotContain(old.memberId);
    }

    @Test
    void a_leader_that_restarts_leads_on_and_is_told_not_to_assign() {
        GroupClient old = named("i");
        GroupClient.settle(scene, old, dynamic());
        GroupClient young = old.restarted();
        GroupReply.Joined joined = young.joined(scene, scene.send(young.join()));
        assertThat(joined.leader()).isEqualTo(young.memberId);
        assertThat(joined.skipAssignment()).isTrue();
        assertThat(joined.members()).hasSize(2);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.STABLE);
    }

    @Test
    void a_restarted_leader_that_cannot_be_told_to_skip_is_told_that_another_leads() {
        GroupClient old = named("i");
        old.canSkipAssignment = false;
        GroupClient.settle(scene, old, dynamic());
        GroupClient young = old.restarted();
        GroupReply.Joined joined = young.joined(scene, scene.send(young.join()));
        assertThat(joined.leader()).isEqualTo(old.memberId);
        assertThat(joined.skipAssignment()).isFalse();
        assertThat(joined.members()).isEmpty();
    }

    @Test
    void a_restart_that_changes_the_choice_of_protocol_causes_a_rebalance() {
        GroupClient leader = dynamic();
        leader.protocols = List.of(protocol("range"), protocol("sticky"));
        GroupClient old = named("i");
        old.protocols = List.of(protocol("range"), protocol("sticky"));
        GroupClient.settle(scene, leader, old);
        GroupClient young = old.restarted();
        young.protocols = List.of(protocol("sticky"));
        long join = scene.send(young.join());
        assertThat(scene.isParked(join)).isTrue();
        scene.send(leader.join());
        assertThat(young.joined(scene, join).protocolName()).isEqualTo("sticky");
    }

    @Test
    void a_restart_while_the_leader_assigns_causes_a_rebalance() {
        GroupClient leader = dynamic();
        GroupClient old = named("i");
        GroupClient.settle(scene, leader, old);
        long leaderJoin = scene.send(leader.join());
        old.joined(scene, scene.send(old.join()));
        leader.joined(scene, leaderJoin);
        long parkedSync = scene.send(old.sync());

        assertThat(scene.isParked(scene.send(old.restarted().join()))).isTrue();
        assertThat(scene.refusal(parkedSync)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(scene.refusal(leader.heartbeat())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void a_restart_finds_its_place_in_a_full_group() {
        GroupScene small = new GroupScene(GroupJoinTest.withMembersMax(2));
        GroupClient old = named("i");
        GroupClient.settle(small, dynamic(), old);
        assertThat(small.ask(old.restarted().join())).isInstanceOf(GroupReply.Joined.class);
    }

    @Test
    void a_static_member_never_has_to_come_twice_for_its_id() {
        GroupClient client = named("i");
        client.requireKnownMemberId = true;
        assertThat(scene.ask(client.join())).isInstanceOf(GroupReply.Joined.class);
    }

    @Test
    void a_static_member_that_is_away_keeps_its_place_through_a_rebalance() {
        GroupClient leader = dynamic();
        GroupClient away = named("i");
        away.sessionTimeoutMs = 1_000_000;
        GroupClient.settle(scene, leader, away);
        long join = scene.send(leader.join());
        scene.pass(GroupClient.REBALANCE_MS);
        assertThat(leader.joined(scene, join).members())
                .extracting(GroupReply.JoinedMember::instanceId)
                .containsExactlyInAnyOrder(null, "i");
    }

    @Test
    void a_leader_that_is_away_keeps_its_place_but_not_the_lead() {
        GroupClient away = named("i");
        away.sessionTimeoutMs = 1_000_000;
        GroupClient present = dynamic();
        GroupClient.settle(scene, away, present);
        present.protocols = List.of(protocol("range", "payments"));
        long join = scene.send(present.join());
        scene.pass(GroupClient.REBALANCE_MS);
        GroupReply.Joined joined = present.joined(scene, join);
        assertThat(joined.leader()).isEqualTo(present.memberId);
        assertThat(joined.members()).hasSize(2);
    }

    @Test
    void a_static_member_that_does_not_come_for_its_assignment_either_loses_its_place() {
        GroupClient leader = dynamic();
        leader.sessionTimeoutMs = 1_000_000;
        GroupClient away = named("i");
        away.sessionTimeoutMs = 1_000_000;
        GroupClient.settle(scene, leader, away);
        long join = scene.send(leader.join());
        scene.pass(GroupClient.REBALANCE_MS);
        leader.joined(scene, join);
        GroupClient.sync(scene, leader);
        scene.pass(GroupClient.REBALANCE_MS);
        assertThat(scene.refusal(away.heartbeat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.refusal(leader.heartbeat())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void a_restart_does_not_excuse_a_member_from_coming_for_its_assignment() {
        GroupClient leader = dynamic();
        leader.sessionTimeoutMs = 1_000_000;
        GroupClient old = named("i");
        GroupClient.settle(scene, leader, old);
        long join = scene.send(leader.join());
        old.joined(scene, scene.send(old.join()));
        leader.joined(scene, join);
        GroupClient.sync(scene, leader);
        GroupClient young = old.restarted();
        young.sessionTimeoutMs = 1_000_000;
        young.joined(scene, scene.send(young.join()));
        scene.pass(GroupClient.REBALANCE_MS);
        assertThat(scene.refusal(young.heartbeat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void when_no_static_member_comes_back_the_group_waits_for_their_sessions() {
        GroupClient lost = named("i");
        lost.sessionTimeoutMs = 300_000;
        GroupClient dynamic = dynamic();
        GroupClient.settle(scene, lost, dynamic);
        scene.send(dynamic.leave());
        scene.pass(200_000);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.PREPARING_REBALANCE);
        scene.pass(100_000);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.EMPTY);
    }
}
