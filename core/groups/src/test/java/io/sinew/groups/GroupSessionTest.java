package io.sinew.groups;

import static io.sinew.groups.GroupClient.bytes;
import static io.sinew.groups.GroupClient.dynamic;
import static io.sinew.groups.GroupClient.named;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Syncs, heartbeats, sessions that end, members that leave.
class GroupSessionTest {
    private final GroupScene scene = new GroupScene();

    @Test
    void sync_heartbeat_and_leave_need_a_group_id() {
        GroupClient client = new GroupClient("");
        assertThat(scene.refusal(client.sync())).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(scene.refusal(client.heartbeat())).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(scene.refusal(client.leave())).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    }

    @Test
    void nobody_is_a_member_of_a_group_that_does_not_exist() {
        GroupClient client = dynamic();
        client.memberId = "m";
        assertThat(scene.refusal(client.sync())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.refusal(client.heartbeat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.ask(client.leave()))
                .isEqualTo(
                        new GroupReply.Left(
                                List.of(
                                        new GroupReply.LeftMember(
                                                "m", null, ErrorCode.UNKNOWN_MEMBER_ID))));
    }

    @Test
    void another_generation_is_refused() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        client.generation++;
        assertThat(scene.refusal(client.sync())).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(scene.refusal(client.heartbeat())).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void a_sync_that_names_another_protocol_is_refused() {
        GroupClient client = dynamic();
        client.joined(scene, scene.send(client.join()));
        assertThat(
                        scene.refusal(
                                new GroupCommand.Sync(
                                        client.claim(), "connect", "range", Map.of())))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(
                        scene.refusal(
                                new GroupCommand.Sync(
                                        client.claim(), "consumer", "sticky", Map.of())))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(scene.ask(new GroupCommand.Sync(client.claim(), "consumer", "range", Map.of())))
                .isInstanceOf(GroupReply.Synced.class);
    }

    @Test
    void the_leaders_sync_stores_the_generation_and_answers_everybody_who_waits() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        long rejoin = scene.send(leader.join());
        long followed = scene.send(follower.join());
        leader.joined(scene, rejoin);
        follower.joined(scene, followed);

        long waiting = scene.send(follower.sync());
        assertThat(scene.isParked(waiting)).isTrue();
        assertThat(scene.lastRecords()).isEmpty();
        long sync =
                scene.send(
                        leader.sync(
                                Map.of(
                                        leader.memberId,
                                        bytes("a"),
                                        follower.memberId,
                                        bytes("b"),
                                        "a stranger",
                                        bytes("c"))));

        assertThat(scene.reply(waiting))
                .isEqualTo(new GroupReply.Synced("consumer", "range", bytes("b")));
        assertThat(scene.reply(sync))
                .isEqualTo(new GroupReply.Synced("consumer", "range", bytes("a")));
        assertThat(scene.lastRecords())
                .containsExactly(
                        new GroupRecord.GenerationStored(
                                "g",
                                3,
                                "consumer",
                                "range",
                                leader.memberId,
                                scene.nowMs(),
                                List.of(stored(leader, "a"), stored(follower, "b"))));
    }

    private static GroupRecord.StoredMember stored(GroupClient client, String assignment) {
        return new GroupRecord.StoredMember(
                client.memberId,
                null,
                "app",
                "/127.0.0.1",
                GroupClient.SESSION_MS,
                GroupClient.REBALANCE_MS,
                client.protocols,
                bytes(assignment));
    }

    @Test
    void a_member_that_the_leader_leaves_out_gets_an_empty_assignment() {
        GroupClient client = dynamic();
        client.joined(scene, scene.send(client.join()));
        assertThat(scene.ask(client.sync()))
                .isEqualTo(new GroupReply.Synced("consumer", "range", GroupBytes.EMPTY));
    }

    @Test
    void a_sync_after_the_leaders_gets_the_assignment_at_once() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        assertThat(scene.ask(client.sync()))
                .isEqualTo(
                        new GroupReply.Synced(
                                "consumer", "range", bytes("for " + client.memberId)));
        assertThat(scene.lastRecords()).isEmpty();
    }

    @Test
    void assignments_from_a_follower_are_ignored() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        long rejoin = scene.send(leader.join());
        follower.joined(scene, scene.send(follower.join()));
        leader.joined(scene, rejoin);
        long sync = scene.send(follower.sync(Map.of(follower.memberId, bytes("everything"))));
        assertThat(scene.isParked(sync)).isTrue();
    }

    @Test
    void a_sync_that_is_sent_again_while_parked_replaces_the_first_which_is_answered_too() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        long rejoin = scene.send(leader.join());
        long followed = scene.send(follower.join());
        leader.joined(scene, rejoin);
        follower.joined(scene, followed);
        long first = scene.send(follower.sync());
        long second = scene.send(follower.sync());
        assertThat(scene.refusal(first)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        scene.send(leader.sync());
        assertThat(scene.reply(second)).isInstanceOf(GroupReply.Synced.class);
    }

    @Test
    void members_that_never_sync_are_removed_after_the_rebalance_timeout() {
        GroupClient leader = dynamic();
        leader.sessionTimeoutMs = 1_000_000;
        GroupClient silent = dynamic();
        silent.sessionTimeoutMs = 1_000_000;
        GroupClient.settle(scene, leader, silent);
        long rejoin = scene.send(leader.join());
        silent.joined(scene, scene.send(silent.join()));
        leader.joined(scene, rejoin);
        GroupClient.sync(scene, leader);
        scene.pass(GroupClient.REBALANCE_MS - 1);
        assertThat(scene.ask(silent.heartbeat())).isEqualTo(new GroupReply.Alive());
        scene.pass(1);
        assertThat(scene.refusal(silent.heartbeat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.PREPARING_REBALANCE);
    }

    @Test
    void a_leader_that_never_syncs_is_removed_and_who_waited_for_it_joins_again() {
        GroupClient leader = dynamic();
        leader.sessionTimeoutMs = 1_000_000;
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        long rejoin = scene.send(leader.join());
        long followed = scene.send(follower.join());
        leader.joined(scene, rejoin);
        follower.joined(scene, followed);
        long waiting = scene.send(follower.sync());
        scene.pass(GroupClient.REBALANCE_MS);
        assertThat(scene.refusal(waiting)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        GroupReply.Joined joined = follower.joined(scene, scene.send(follower.join()));
        assertThat(joined.leader()).isEqualTo(follower.memberId);
    }

    @Test
    void a_heartbeat_during_a_rebalance_says_so_and_renews_the_session() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        long join = scene.send(leader.join());
        for (int i = 0; i < 5; i++) {
            scene.pass(GroupClient.SESSION_MS - 1);
            assertThat(scene.refusal(follower.heartbeat()))
                    .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        }
        scene.send(follower.join());
        assertThat(leader.joined(scene, join).members()).hasSize(2);
    }

    @Test
    void a_member_whose_join_is_parked_lives_without_heartbeats() {
        GroupClient leader = dynamic();
        GroupClient slow = dynamic();
        slow.sessionTimeoutMs = 1_000_000;
        GroupClient.settle(scene, leader, slow);
        long join = scene.send(leader.join());
        scene.pass(GroupClient.SESSION_MS * 5L);
        assertThat(scene.isParked(join)).isTrue();
        scene.send(slow.join());
        assertThat(leader.joined(scene, join).members()).hasSize(2);
    }

    @Test
    void a_member_whose_session_ends_is_removed_and_the_others_rebalance() {
        GroupClient leader = dynamic();
        GroupClient lost = dynamic();
        GroupClient.settle(scene, leader, lost);
        scene.pass(GroupClient.SESSION_MS - 1);
        assertThat(scene.ask(leader.heartbeat())).isEqualTo(new GroupReply.Alive());
        scene.pass(1);
        assertThat(scene.refusal(leader.heartbeat())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(scene.refusal(lost.heartbeat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(leader.joined(scene, scene.send(leader.join())).members()).hasSize(1);
    }

    @Test
    void a_session_that_ends_during_a_rebalance_can_end_the_rebalance() {
        GroupClient leader = dynamic();
        GroupClient lost = dynamic();
        GroupClient.settle(scene, leader, lost);
        long join = scene.send(leader.join());
        scene.pass(GroupClient.SESSION_MS);
        assertThat(leader.joined(scene, join).members()).hasSize(1);
    }

    @Test
    void a_short_session_ends_in_time_beside_long_ones() {
        GroupClient leader = dynamic();
        leader.sessionTimeoutMs = 1_000_000;
        GroupClient brief = dynamic();
        brief.sessionTimeoutMs = 6_000;
        GroupClient.settle(scene, leader, brief);
        long parked = scene.send(brief.join());
        assertThat(scene.reply(parked)).isInstanceOf(GroupReply.Joined.class);
        long rejoin = scene.send(leader.join());
        scene.send(brief.join());
        scene.pass(5_000);
        GroupClient third = dynamic();
        third.sessionTimeoutMs = 1_000_000;
        leader.joined(scene, rejoin);
        brief.generation = leader.generation;
        long join = scene.send(third.join());
        long again = scene.send(brief.join());
        scene.send(leader.join());
        brief.joined(scene, again);
        third.joined(scene, join);
        scene.pass(5_999);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.COMPLETING_REBALANCE);
        scene.pass(1);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.PREPARING_REBALANCE);
    }

    @Test
    void when_the_last_member_goes_the_group_is_empty_in_a_new_generation() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        assertThat(scene.ask(client.leave()))
                .isEqualTo(
                        new GroupReply.Left(
                                List.of(new GroupReply.LeftMember(client.memberId, null, null))));
        assertThat(scene.lastRecords())
                .containsExactly(
                        new GroupRecord.GenerationStored(
                                "g", 2, "consumer", null, null, scene.nowMs(), List.of()));
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.EMPTY);

        GroupClient next = dynamic();
        assertThat(next.joined(scene, scene.send(next.join())).generation()).isEqualTo(3);
    }

    @Test
    void several_members_leave_in_one_request_each_with_its_own_result() {
        GroupClient leader = dynamic();
        GroupClient second = dynamic();
        GroupClient third = named("i");
        GroupClient.settle(scene, leader, second, third);
        GroupClient promised = dynamic();
        promised.requireKnownMemberId = true;
        promised.memberId = ((GroupReply.MemberIdRequired) scene.ask(promised.join())).memberId();
        var reply =
                (GroupReply.Left)
                        scene.ask(
                                new GroupCommand.Leave(
                                        "g",
                                        List.of(
                                                second.leaving(),
                                                second.leaving(),
                                                promised.leaving(),
                                                new GroupCommand.LeavingMember("", "i", "admin"),
                                                new GroupCommand.LeavingMember("", "j", null),
                                                new GroupCommand.LeavingMember("", null, null))));
        assertThat(reply.members())
                .extracting(GroupReply.LeftMember::error)
                .containsExactly(
                        null,
                        ErrorCode.UNKNOWN_MEMBER_ID,
                        null,
                        null,
                        ErrorCode.UNKNOWN_MEMBER_ID,
                        ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(leader.joined(scene, scene.send(leader.join())).members()).hasSize(1);
    }

    @Test
    void whoever_leaves_is_answered_on_all_its_parked_requests() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        long join = scene.send(leader.join());
        scene.send(leader.leave());
        assertThat(scene.refusal(join)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);

        follower.joined(scene, scene.send(follower.join()));
        GroupClient third = dynamic();
        long thirdJoin = scene.send(third.join());
        follower.joined(scene, scene.send(follower.join()));
        third.joined(scene, thirdJoin);
        long sync = scene.send(third.sync());
        scene.send(third.leave());
        assertThat(scene.refusal(sync)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }
}
