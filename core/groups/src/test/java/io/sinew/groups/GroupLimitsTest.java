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
    void of_a_partition_that_a_commit_names_again_and_again_the_last_offset_is_stored_alone() {
        GroupPartition twice = GroupClient.partition(1, 0);
        GroupPartition once = GroupClient.partition(1, 1);
        var tooLong = "x".repeat(GroupScene.LIMITS.offsetMetadataMaxLength() + 1);
        assertThat(
                        scene.ask(
                                client.commit(
                                        GroupClient.offset(twice, 1),
                                        GroupClient.offset(once, 7),
                                        GroupClient.offset(twice, 2),
                                        new GroupOffset(twice, 3, -1, tooLong))))
                .isEqualTo(
                        new GroupReply.OffsetsCommitted(
                                List.of(
                                        new GroupReply.PartitionResult(twice, null),
                                        new GroupReply.PartitionResult(once, null),
                                        new GroupReply.PartitionResult(twice, null),
                                        new GroupReply.PartitionResult(
                                                twice, ErrorCode.OFFSET_METADATA_TOO_LARGE))));
        assertThat(scene.lastRecords())
                .containsExactly(
                        new GroupRecord.OffsetsStored(
                                "g",
                                scene.nowMs(),
                                List.of(
                                        GroupClient.offset(twice, 2),
                                        GroupClient.offset(once, 7))));
    }
}
