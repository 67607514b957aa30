package io.sinew.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// One member can't make a group arbitrarily large. What is just allowed is allowed.
class GroupLimitsTest {
    private final GroupScene scene = new GroupScene();
    private final GroupClient client = GroupClient.dynamic();

    private static GroupCommand.Protocol protocol(String name, int metadataBytes) {
        return new GroupCommand.Protocol(name, GroupBytes.of(new byte[metadataBytes]));
    }

    private void refused() {
        assertThat(scene.refusal(client.join())).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    private void joins() {
        client.joined(scene, scene.send(client.join()));
    }

    @Test
    void metadata_is_bounded() {
        int most = GroupLimits.METADATA_MAX_BYTES - "consumer".length() - "a".length();
        client.protocols = List.of(protocol("a", most + 1));
        refused();
        client.protocols = List.of(protocol("a", most));
        joins();
    }

    @Test
    void protocols_are_bounded() {
        var protocols = new ArrayList<GroupCommand.Protocol>();
        for (int i = 0; i <= GroupLimits.PROTOCOLS_MAX; i++) {
            protocols.add(protocol("p" + i, 1));
        }
        client.protocols = protocols;
        refused();
        client.protocols = protocols.subList(1, protocols.size());
        joins();
    }

    @Test
    void an_assignment_is_bounded() {
        joins();
        GroupBytes most = GroupBytes.of(new byte[GroupLimits.ASSIGNMENT_MAX_BYTES]);
        GroupBytes more = GroupBytes.of(new byte[GroupLimits.ASSIGNMENT_MAX_BYTES + 1]);
        assertThat(scene.refusal(client.sync(Map.of(client.memberId, more))))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(scene.ask(client.sync(Map.of(client.memberId, most))))
                .isEqualTo(new GroupReply.Synced("consumer", "range", most));
    }

    @Test
    void ids_are_bounded() {
        client.memberId = "m".repeat(GroupLimits.MEMBER_ID_MAX_LENGTH + 1);
        refused();
        client.memberId = "";
        client.instanceId = "i".repeat(GroupLimits.MEMBER_NAME_MAX_LENGTH + 1);
        refused();
        client.instanceId = "i".repeat(GroupLimits.MEMBER_NAME_MAX_LENGTH);
        joins();
    }

    @Test
    void of_a_long_client_id_a_part_is_in_the_member_id() {
        // The last character that there is room for is half of a pair.
        client.clientId = "c".repeat(GroupLimits.MEMBER_NAME_MAX_LENGTH - 1) + "😀".repeat(1_000);
        joins();
        assertThat(client.memberId)
                .startsWith("c".repeat(GroupLimits.MEMBER_NAME_MAX_LENGTH - 1) + "-");
        GroupClient.sync(scene, client);
        scene.crash();
        assertThat(scene.ask(client.heartbeat())).isEqualTo(new GroupReply.Alive());
    }

    @Test
    void a_commit_names_each_partition_once() {
        GroupPartition partition = GroupClient.partition(1, 0);
        assertThat(
                        scene.refusal(
                                client.commit(
                                        GroupClient.offset(partition, 1),
                                        GroupClient.offset(partition, 2))))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(scene.committed("g", partition)).isEqualTo(-1);
    }
}
