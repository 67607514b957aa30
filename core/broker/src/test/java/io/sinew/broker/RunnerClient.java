package io.sinew.broker;

import io.sinew.groups.GroupBytes;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// One member of a classic group, and the commands that it sends.
final class RunnerClient {
    static final int SESSION_MS = 10_000;
    private static final int REBALANCE_MS = 60_000;

    private static long lastUuid;

    final String groupId;
    String memberId = "";
    int generation = -1;

    RunnerClient(String groupId) {
        this.groupId = groupId;
    }

    static GroupBytes bytes(String text) {
        return GroupBytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static GroupPartition partition(long topic, int partition) {
        return new GroupPartition(new UUID(0, topic), partition);
    }

    static GroupOffset offset(GroupPartition partition, long offset) {
        return new GroupOffset(partition, offset, 0, "");
    }

    private GroupCommand.Claim claim() {
        return new GroupCommand.Claim(groupId, generation, memberId, null);
    }

    GroupCommand.Join join() {
        return new GroupCommand.Join(
                groupId,
                memberId,
                null,
                "app",
                "/127.0.0.1",
                SESSION_MS,
                REBALANCE_MS,
                "consumer",
                List.of(new GroupCommand.Protocol("range", bytes("any"))),
                new GroupCommand.JoinOptions(false, true),
                null,
                new UUID(0, ++lastUuid));
    }

    GroupCommand.Sync sync(Map<String, GroupBytes> assignments) {
        return new GroupCommand.Sync(claim(), null, null, assignments);
    }

    GroupCommand.Sync sync() {
        return sync(Map.of());
    }

    GroupCommand.Heartbeat heartbeat() {
        return new GroupCommand.Heartbeat(claim());
    }

    GroupCommand.CommitOffsets commit(GroupOffset... offsets) {
        return new GroupCommand.CommitOffsets(claim(), List.of(offsets));
    }
}
