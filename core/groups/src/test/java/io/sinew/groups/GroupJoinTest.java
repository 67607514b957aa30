package io.sinew.groups;

import static io.sinew.groups.GroupClient.bytes;
import static io.sinew.groups.GroupClient.dynamic;
import static io.sinew.groups.GroupClient.protocol;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupJoinTest {
    private final GroupScene scene = new GroupScene();

    @Test
    void a_join_without_a_group_id_is_refused() {
        assertThat(scene.refusal(new GroupClient("").join())).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    }

    @Test
    void a_session_outside_the_limits_is_refused() {
        GroupClient client = dynamic();
        client.sessionTimeoutMs = GroupScene.LIMITS.sessionTimeoutMinMs() - 1;
        assertThat(scene.refusal(client.join())).isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        client.sessionTimeoutMs = GroupScene.LIMITS.sessionTimeoutMaxMs() + 1;
        assertThat(scene.refusal(client.join())).isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
    }

    @Test
    void a_member_id_that_the_group_does_not_know_is_refused() {
        GroupClient client = dynamic();
        client.memberId = "app-from-another-time";
        assertThat(scene.refusal(client.join())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        GroupClient.settle(scene, dynamic());
        assertThat(scene.refusal(client.join())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void a_join_without_protocols_is_refused_and_leaves_no_group() {
        GroupClient client = dynamic();
        client.protocols = List.of();
        assertThat(scene.refusal(client.join())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        client.protocols = List.of(protocol("range"));
        client.protocolType = "";
        assertThat(scene.refusal(client.join())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.DEAD);
        assertThat(scene.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void another_protocol_type_is_refused_while_the_group_has_members() {
        GroupClient.settle(scene, dynamic());
        GroupClient connect = dynamic();
        connect.protocolType = "connect";
        assertThat(scene.refusal(connect.join())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void a_member_that_shares_no_protocol_with_all_others_is_refused() {
        GroupClient both = dynamic();
        both.protocols = List.of(protocol("range"), protocol("sticky"));
        GroupClient range = dynamic();
        range.protocols = List.of(protocol("range"));
        GroupClient.settle(scene, both, range);
        GroupClient sticky = dynamic();
        sticky.protocols = List.of(protocol("sticky"));
        assertThat(scene.refusal(sticky.join())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void the_only_member_may_change_its_protocols_altogether() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        client.protocols = List.of(protocol("sticky"));
        GroupReply.Joined joined = client.joined(scene, scene.send(client.join()));
        assertThat(joined.protocolName()).isEqualTo("sticky");
    }

    @Test
    void a_new_member_is_told_its_id_and_has_to_come_again_with_it() {
        GroupClient client = dynamic();
        client.requireKnownMemberId = true;
        var required = (GroupReply.MemberIdRequired) scene.ask(client.join());
        assertThat(required.memberId()).startsWith("app-");
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.EMPTY);

        client.memberId = required.memberId();
        GroupReply.Joined joined = client.joined(scene, scene.send(client.join()));
        assertThat(joined.memberId()).isEqualTo(required.memberId());
        assertThat(joined.generation()).isEqualTo(1);
    }

    @Test
    void a_member_id_that_nobody_comes_with_lapses_after_the_session_timeout() {
        GroupClient client = dynamic();
        client.requireKnownMemberId = true;
        client.memberId = ((GroupReply.MemberIdRequired) scene.ask(client.join())).memberId();
        scene.pass(GroupClient.SESSION_MS);
        assertThat(scene.refusal(client.join())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.DEAD);
    }

    @Test
    void a_rebalance_waits_for_members_that_were_told_their_id() {
        GroupClient first = dynamic();
        GroupClient.settle(scene, first);
        GroupClient second = dynamic();
        second.requireKnownMemberId = true;
        second.memberId = ((GroupReply.MemberIdRequired) scene.ask(second.join())).memberId();
        long rejoin = scene.send(first.join());
        assertThat(scene.isParked(rejoin)).isTrue();

        long join = scene.send(second.join());
        assertThat(first.joined(scene, rejoin).members()).hasSize(2);
        assertThat(second.joined(scene, join).members()).isEmpty();
    }

    @Test
    void a_rebalance_ends_when_the_promised_member_never_comes() {
        GroupClient first = dynamic();
        GroupClient.settle(scene, first);
        GroupClient second = dynamic();
        second.requireKnownMemberId = true;
        scene.send(second.join());
        long rejoin = scene.send(first.join());
        scene.pass(GroupClient.SESSION_MS);
        assertThat(first.joined(scene, rejoin).members()).hasSize(1);
    }

    @Test
    void the_first_member_leads_alone_at_once() {
        GroupClient client = dynamic();
        GroupReply.Joined joined = client.joined(scene, scene.send(client.join()));
        assertThat(joined)
                .isEqualTo(
                        new GroupReply.Joined(
                                1,
                                "consumer",
                                "range",
                                client.memberId,
                                false,
                                client.memberId,
                                List.of(
                                        new GroupReply.JoinedMember(
                                                client.memberId,
                                                null,
                                                protocol("range", "orders").metadata()))));
        assertThat(scene.lastRecords()).isEmpty();
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.COMPLETING_REBALANCE);
    }

    @Test
    void the_leader_learns_what_everybody_said_and_the_others_only_who_leads() {
        GroupClient leader = dynamic();
        GroupClient.settle(scene, leader);
        GroupClient follower = GroupClient.named("i");
        follower.protocols = List.of(protocol("range", "payments"));
        long join = scene.send(follower.join());
        assertThat(scene.isParked(join)).isTrue();
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.PREPARING_REBALANCE);

        GroupReply.Joined led = leader.joined(scene, scene.send(leader.join()));
        GroupReply.Joined followed = follower.joined(scene, join);
        assertThat(led.generation()).isEqualTo(2);
        assertThat(followed.generation()).isEqualTo(2);
        assertThat(followed.leader()).isEqualTo(leader.memberId);
        assertThat(followed.members()).isEmpty();
        assertThat(led.members())
                .containsExactlyInAnyOrder(
                        new GroupReply.JoinedMember(
                                leader.memberId, null, protocol("range", "orders").metadata()),
                        new GroupReply.JoinedMember(
                                follower.memberId, "i", protocol("range", "payments").metadata()));
    }

    @Test
    void the_protocol_is_the_one_that_most_members_prefer_of_those_that_all_know() {
        GroupClient[] clients = {dynamic(), dynamic(), dynamic()};
        GroupCommand.Protocol a = protocol("a");
        GroupCommand.Protocol b = protocol("b");
        clients[0].protocols = List.of(protocol("only-mine"), a, b);
        clients[1].protocols = List.of(b, a);
        clients[2].protocols = List.of(b, a);
        GroupClient.settle(scene, clients);
        assertThat(scene.describe("g").protocolName()).isEqualTo("b");
    }

    @Test
    void a_follower_that_joins_again_with_nothing_new_gets_the_present_generation() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        GroupReply.Joined again = (GroupReply.Joined) scene.ask(follower.join());
        assertThat(again.generation()).isEqualTo(follower.generation);
        assertThat(again.members()).isEmpty();
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.STABLE);
    }

    @Test
    void a_follower_that_joins_again_with_other_metadata_causes_a_rebalance() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        follower.protocols = List.of(protocol("range", "payments"));
        assertThat(scene.isParked(scene.send(follower.join()))).isTrue();
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.PREPARING_REBALANCE);
    }

    @Test
    void a_leader_that_joins_again_causes_a_rebalance_and_keeps_leading() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        long join = scene.send(leader.join());
        assertThat(scene.isParked(join)).isTrue();
        scene.send(follower.join());
        assertThat(leader.joined(scene, join).leader()).isEqualTo(leader.memberId);
    }

    @Test
    void a_member_that_missed_its_answer_gets_it_again_before_the_sync() {
        GroupClient leader = dynamic();
        GroupReply.Joined first = leader.joined(scene, scene.send(leader.join()));
        assertThat(scene.ask(leader.join())).isEqualTo(first);
    }

    @Test
    void a_join_that_is_sent_again_while_parked_replaces_the_first_which_is_answered_too() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        long first = scene.send(leader.join());
        long second = scene.send(leader.join());
        assertThat(scene.refusal(first)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(scene.isParked(second)).isTrue();
        scene.send(follower.join());
        assertThat(leader.joined(scene, second).generation()).isEqualTo(3);
    }

    @Test
    void members_that_do_not_come_back_are_removed_when_the_longest_rebalance_timeout_is_over() {
        GroupClient leader = dynamic();
        GroupClient lost = dynamic();
        lost.rebalanceTimeoutMs = 90_000;
        lost.sessionTimeoutMs = 600_000;
        GroupClient.settle(scene, leader, lost);
        long join = scene.send(leader.join());
        scene.pass(89_999);
        assertThat(scene.isParked(join)).isTrue();
        scene.pass(1);
        assertThat(leader.joined(scene, join).members()).hasSize(1);
        assertThat(scene.refusal(lost.heartbeat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void when_the_leader_does_not_come_back_another_member_leads() {
        GroupClient leader = dynamic();
        leader.sessionTimeoutMs = 600_000;
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        follower.protocols = List.of(protocol("range", "payments"));
        long join = scene.send(follower.join());
        scene.pass(GroupClient.REBALANCE_MS);
        GroupReply.Joined joined = follower.joined(scene, join);
        assertThat(joined.leader()).isEqualTo(follower.memberId);
        assertThat(joined.members()).hasSize(1);
    }

    @Test
    void the_parked_join_of_a_member_that_never_learnt_its_id_is_not_kept_for_ever() {
        GroupClient leader = dynamic();
        leader.rebalanceTimeoutMs = 1_000_000;
        leader.sessionTimeoutMs = 1_000_000;
        GroupClient.settle(scene, leader);
        long join = scene.send(dynamic().join());
        scene.pass(GroupScene.LIMITS.newMemberJoinTimeoutMs());
        assertThat(scene.refusal(join)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void a_group_that_was_empty_waits_for_more_members_and_longer_while_they_come() {
        GroupScene delayed = new GroupScene(withDelay(3_000));
        GroupClient first = dynamic();
        long join = delayed.send(first.join());
        delayed.pass(2_000);
        delayed.send(dynamic().join());
        delayed.pass(1_000);
        assertThat(delayed.isParked(join)).isTrue();
        delayed.pass(3_000);
        assertThat(first.joined(delayed, join).members()).hasSize(2);
    }

    @Test
    void the_initial_delay_ends_with_the_rebalance_timeout_however_many_come() {
        GroupScene delayed = new GroupScene(withDelay(3_000));
        GroupClient first = dynamic();
        first.rebalanceTimeoutMs = 10_000;
        long join = delayed.send(first.join());
        for (int second = 1; second < 10; second++) {
            delayed.pass(1_000);
            delayed.send(dynamic().join());
            assertThat(delayed.isParked(join)).isTrue();
        }
        delayed.pass(1_000);
        assertThat(first.joined(delayed, join).members()).hasSize(10);
    }

    @Test
    void a_full_group_refuses_new_members_and_keeps_its_own() {
        GroupScene small = new GroupScene(withMembersMax(2));
        GroupClient first = dynamic();
        GroupClient second = dynamic();
        GroupClient.settle(small, first, second);
        assertThat(small.refusal(dynamic().join())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(small.ask(second.join())).isInstanceOf(GroupReply.Joined.class);
        assertThat(small.ask(first.heartbeat())).isEqualTo(new GroupReply.Alive());
    }

    @Test
    void while_a_group_rebalances_the_places_go_to_those_who_join_first() {
        GroupScene small = new GroupScene(withMembersMax(2));
        GroupClient first = dynamic();
        GroupClient second = dynamic();
        GroupClient.settle(small, first, second);
        long rejoin = small.send(first.join());
        long join = small.send(dynamic().join());
        assertThat(small.refusal(second.join())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(first.joined(small, rejoin).members()).hasSize(2);
        assertThat(small.reply(join)).isInstanceOf(GroupReply.Joined.class);
    }

    @Test
    void no_more_ids_are_promised_than_a_group_has_places() {
        GroupScene small = new GroupScene(withMembersMax(2));
        GroupClient client = dynamic();
        client.requireKnownMemberId = true;
        small.send(client.join());
        small.send(client.join());
        assertThat(small.refusal(client.join())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void a_broker_that_has_all_its_groups_refuses_another() {
        GroupScene small = new GroupScene(withGroupsMax(1));
        GroupClient.settle(small, dynamic());
        assertThat(small.refusal(new GroupClient("other").join()))
                .isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(
                        small.refusal(
                                new GroupClient("other")
                                        .commit(
                                                GroupClient.offset(
                                                        GroupClient.partition(1, 0), 1))))
                .isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void joining_again_while_the_leader_assigns_sends_everybody_back_to_join() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        long leaderJoin = scene.send(leader.join());
        follower.joined(scene, scene.send(follower.join()));
        leader.joined(scene, leaderJoin);
        long parkedSync = scene.send(follower.sync());

        leader.protocols = List.of(protocol("range", "payments"));
        scene.send(leader.join());
        assertThat(scene.refusal(parkedSync)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(scene.refusal(leader.sync(Map.of(leader.memberId, bytes("late")))))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    static GroupLimits withDelay(int delayMs) {
        return limits(GroupScene.LIMITS.membersMax(), delayMs, GroupScene.LIMITS.groupsMax());
    }

    static GroupLimits withMembersMax(int membersMax) {
        return limits(membersMax, 0, GroupScene.LIMITS.groupsMax());
    }

    static GroupLimits withGroupsMax(int groupsMax) {
        return limits(GroupScene.LIMITS.membersMax(), 0, groupsMax);
    }

    private static GroupLimits limits(int membersMax, int delayMs, int groupsMax) {
        GroupLimits from = GroupScene.LIMITS;
        return new GroupLimits(
                from.sessionTimeoutMinMs(),
                from.sessionTimeoutMaxMs(),
                membersMax,
                delayMs,
                from.newMemberJoinTimeoutMs(),
                from.offsetMetadataMaxLength(),
                from.offsetsRetentionMs(),
                groupsMax);
    }
}
