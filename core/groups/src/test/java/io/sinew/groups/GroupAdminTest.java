package io.sinew.groups;

import static io.sinew.groups.GroupClient.bytes;
import static io.sinew.groups.GroupClient.dynamic;
import static io.sinew.groups.GroupClient.offset;
import static io.sinew.groups.GroupClient.partition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Groups listed, described and deleted; limits refused.
class GroupAdminTest {
    private final GroupScene scene = new GroupScene();

    @Test
    void a_group_that_does_not_exist_cannot_be_deleted() {
        assertThat(delete("g"))
                .containsExactly(new GroupReply.GroupResult("g", ErrorCode.GROUP_ID_NOT_FOUND));
    }

    @Test
    void a_group_with_members_cannot_be_deleted() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        assertThat(delete("g"))
                .containsExactly(new GroupReply.GroupResult("g", ErrorCode.NON_EMPTY_GROUP));
        assertThat(scene.lastRecords()).isEmpty();
        assertThat(scene.ask(client.heartbeat())).isEqualTo(new GroupReply.Alive());
    }

    @Test
    void an_empty_group_is_deleted_with_its_offsets_and_once() {
        scene.send(dynamic().commit(offset(partition(1, 0), 5)));
        assertThat(delete("g", "g"))
                .containsExactly(
                        new GroupReply.GroupResult("g", null),
                        new GroupReply.GroupResult("g", ErrorCode.GROUP_ID_NOT_FOUND));
        assertThat(scene.lastRecords()).containsExactly(new GroupRecord.GroupRemoved("g"));
        assertThat(scene.committed("g", partition(1, 0))).isEqualTo(-1);
        assertThat(scene.snapshot()).isEmpty();
    }

    @Test
    void a_deleted_group_forgets_the_ids_that_it_promised() {
        GroupClient client = dynamic();
        client.requireKnownMemberId = true;
        client.memberId = ((GroupReply.MemberIdRequired) scene.ask(client.join())).memberId();
        assertThat(delete("g")).containsExactly(new GroupReply.GroupResult("g", null));
        assertThat(scene.refusal(client.join())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void groups_are_listed_by_id_with_their_phase() {
        GroupClient.settle(scene, new GroupClient("stable"));
        scene.send(new GroupClient("joining").join());
        scene.send(new GroupClient("committed").commit(offset(partition(1, 0), 5)));
        assertThat(list(Set.of(), Set.of()))
                .containsExactly(
                        new GroupReply.ListedGroup("committed", "", GroupPhase.EMPTY),
                        new GroupReply.ListedGroup(
                                "joining", "consumer", GroupPhase.COMPLETING_REBALANCE),
                        new GroupReply.ListedGroup("stable", "consumer", GroupPhase.STABLE));
    }

    @Test
    void a_list_can_be_narrowed_by_phase_and_type_in_any_case() {
        GroupClient.settle(scene, new GroupClient("stable"));
        scene.send(new GroupClient("committed").commit(offset(partition(1, 0), 5)));
        assertThat(list(Set.of("stable", "no such phase"), Set.of("CLASSIC")))
                .extracting(GroupReply.ListedGroup::groupId)
                .containsExactly("stable");
        assertThat(list(Set.of(), Set.of("consumer"))).isEmpty();
    }

    @Test
    void a_group_that_does_not_exist_is_described_as_dead() {
        assertThat(scene.describe("g"))
                .isEqualTo(new GroupReply.DescribedGroup("g", GroupPhase.DEAD, "", "", List.of()));
    }

    @Test
    void a_stable_group_is_described_with_metadata_and_assignments() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        assertThat(scene.describe("g"))
                .isEqualTo(
                        new GroupReply.DescribedGroup(
                                "g",
                                GroupPhase.STABLE,
                                "consumer",
                                "range",
                                List.of(
                                        new GroupReply.DescribedMember(
                                                client.memberId,
                                                null,
                                                "app",
                                                "/127.0.0.1",
                                                client.protocols.getFirst().metadata(),
                                                bytes("for " + client.memberId)))));
    }

    @Test
    void a_group_that_rebalances_is_described_without_metadata_and_assignments() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client, dynamic());
        scene.send(client.join());
        GroupReply.DescribedGroup described = scene.describe("g");
        assertThat(described.phase()).isEqualTo(GroupPhase.PREPARING_REBALANCE);
        assertThat(described.protocolName()).isEmpty();
        assertThat(described.members())
                .hasSize(2)
                .allMatch(member -> member.metadata().equals(GroupBytes.EMPTY))
                .allMatch(member -> member.assignment().equals(GroupBytes.EMPTY));
    }

    @Test
    void an_emptied_group_is_described_with_its_protocol_type() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        scene.send(client.leave());
        assertThat(scene.describe("g"))
                .isEqualTo(
                        new GroupReply.DescribedGroup(
                                "g", GroupPhase.EMPTY, "consumer", "", List.of()));
    }

    @Test
    void limits_that_make_no_sense_are_refused_by_name() {
        assertThatThrownBy(() -> new GroupLimits(6_000, 5_999, 1, 0, 1, 0, 1, 1))
                .isInstanceOf(SinewException.class)
                .hasMessageContaining("group.max.session.timeout.ms")
                .hasMessageContaining("6000");
        assertThatThrownBy(() -> new GroupLimits(1, 1, 0, 0, 1, 0, 1, 1))
                .hasMessageContaining("group.max.size");
        assertThatThrownBy(() -> new GroupLimits(1, 1, 1, -1, 1, 0, 1, 1))
                .hasMessageContaining("group.initial.rebalance.delay.ms");
    }

    private List<GroupReply.GroupResult> delete(String... groupIds) {
        return ((GroupReply.GroupsDeleted)
                        scene.ask(new GroupCommand.DeleteGroups(List.of(groupIds))))
                .groups();
    }

    private List<GroupReply.ListedGroup> list(Set<String> phases, Set<String> types) {
        return ((GroupReply.GroupsListed) scene.ask(new GroupCommand.ListGroups(phases, types)))
                .groups();
    }
}
