package io.sinew.groups;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a consumer knows of its membership in a consumer group, and the heartbeats that it sends.
/// It works on what it is told at once, unless a test keeps it from it.
final class ConsumerClient {
    static final int REBALANCE_MS = 20_000;

    final String memberId;
    String groupId = "g";
    @Nullable String instanceId;
    @Nullable String assignor;
    int epoch = Holding.JOINING;
    List<String> topics = List.of("orders");
    String pattern = "";
    SortedSet<GroupPartition> owned = new TreeSet<>();

    ConsumerClient(String memberId) {
        this.memberId = memberId;
    }

    static ConsumerClient named(String memberId, String instanceId) {
        var client = new ConsumerClient(memberId);
        client.instanceId = instanceId;
        return client;
    }

    /// Says everything.
    GroupCommand.ConsumerHeartbeat full() {
        return new GroupCommand.ConsumerHeartbeat(
                groupId,
                memberId,
                epoch,
                instanceId,
                null,
                "app",
                "/127.0.0.1",
                REBALANCE_MS,
                topics,
                pattern,
                assignor,
                new TreeSet<>(owned),
                new UUID(0, 0));
    }

    /// Says that it lives.
    GroupCommand.ConsumerHeartbeat beat() {
        return brief(epoch, null);
    }

    /// Says that it lives, and what it works on.
    GroupCommand.ConsumerHeartbeat owning() {
        return brief(epoch, new TreeSet<>(owned));
    }

    /// Says that it goes, with one of the words for it.
    GroupCommand.ConsumerHeartbeat leave(int word) {
        return brief(word, null);
    }

    private GroupCommand.ConsumerHeartbeat brief(
            int withEpoch, @Nullable SortedSet<GroupPartition> says) {
        return new GroupCommand.ConsumerHeartbeat(
                groupId,
                memberId,
                withEpoch,
                instanceId,
                null,
                "app",
                "/127.0.0.1",
                -1,
                null,
                null,
                null,
                says,
                new UUID(0, 0));
    }

    /// Sends a heartbeat and takes in the answer.
    GroupReply.ConsumerBeat send(GroupScene scene, GroupCommand.ConsumerHeartbeat beat) {
        var reply = (GroupReply.ConsumerBeat) scene.ask(beat);
        epoch = reply.memberEpoch();
        SortedSet<GroupPartition> assignment = reply.assignment();
        if (assignment != null) {
            owned = new TreeSet<>(assignment);
        }
        return reply;
    }

    GroupReply.ConsumerBeat join(GroupScene scene) {
        epoch = Holding.JOINING;
        owned.clear();
        return send(scene, full());
    }

    /// Lets these members send heartbeats until nothing changes any more.
    static void settle(GroupScene scene, ConsumerClient... clients) {
        scene.pass(ConsumerGroupLimits.defaults().assignmentIntervalMs());
        boolean changed = true;
        while (changed) {
            changed = false;
            for (ConsumerClient client : clients) {
                var before = new TreeSet<>(client.owned);
                int epochBefore = client.epoch;
                client.send(scene, client.owning());
                changed |= !before.equals(client.owned) || epochBefore != client.epoch;
            }
        }
    }

    GroupCommand.CommitOffsets commit(int inEpoch, GroupPartition... partitions) {
        return new GroupCommand.CommitOffsets(
                new GroupCommand.Claim(groupId, inEpoch, memberId, instanceId),
                List.of(partitions).stream().map(p -> GroupClient.offset(p, 7)).toList());
    }
}
