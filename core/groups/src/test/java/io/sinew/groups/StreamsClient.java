package io.sinew.groups;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a member of a streams application knows of its membership, and the heartbeats that it
/// sends.
final class StreamsClient {
    static final int REBALANCE_MS = 20_000;

    final String memberId;
    final String processId;
    int epoch = Holding.JOINING;
    StreamsTopology topology;
    StreamsMember.@Nullable Endpoint endpoint;
    SortedSet<StreamsTask> owned = new TreeSet<>();

    StreamsClient(String memberId, String processId, StreamsTopology topology) {
        this.memberId = memberId;
        this.processId = processId;
        this.topology = topology;
    }

    /// One part that reads `topics` and keeps state or does not.
    static StreamsTopology counting(boolean stateful, String... topics) {
        List<StreamsTopology.InternalTopic> changelogs =
                stateful
                        ? List.of(
                                new StreamsTopology.InternalTopic(
                                        "app-changelog", 0, new TreeMap<>()))
                        : List.of();
        return new StreamsTopology(
                0,
                List.of(
                        new StreamsTopology.Subtopology(
                                "0",
                                List.of(topics),
                                List.of(),
                                List.of(),
                                changelogs,
                                List.of())));
    }

    GroupCommand.StreamsHeartbeat full() {
        return heartbeat(epoch, REBALANCE_MS, topology, new TreeSet<>(owned), false);
    }

    /// Says that it lives, and what it has.
    GroupCommand.StreamsHeartbeat owning() {
        return heartbeat(epoch, -1, null, new TreeSet<>(owned), false);
    }

    GroupCommand.StreamsHeartbeat beat() {
        return heartbeat(epoch, -1, null, null, false);
    }

    GroupCommand.StreamsHeartbeat leave() {
        return heartbeat(Holding.LEAVING, -1, null, null, false);
    }

    GroupCommand.StreamsHeartbeat shutdown() {
        return heartbeat(epoch, -1, null, null, true);
    }

    private GroupCommand.StreamsHeartbeat heartbeat(
            int withEpoch,
            int rebalanceTimeoutMs,
            @Nullable StreamsTopology says,
            @Nullable SortedSet<StreamsTask> has,
            boolean shutdown) {
        return new GroupCommand.StreamsHeartbeat(
                "app",
                memberId,
                withEpoch,
                null,
                "client",
                "/127.0.0.1",
                rebalanceTimeoutMs,
                says,
                has,
                says == null ? null : processId,
                says == null ? null : endpoint,
                null,
                -1,
                shutdown);
    }

    /// Sends a heartbeat and takes in the answer.
    GroupReply.StreamsBeat send(GroupScene scene, GroupCommand.StreamsHeartbeat beat) {
        var reply = (GroupReply.StreamsBeat) scene.ask(beat);
        epoch = reply.memberEpoch();
        SortedSet<StreamsTask> tasks = reply.tasks();
        if (tasks != null) {
            owned = new TreeSet<>(tasks);
        }
        return reply;
    }

    GroupReply.StreamsBeat join(GroupScene scene) {
        epoch = Holding.JOINING;
        owned.clear();
        return send(scene, full());
    }

    /// Lets these members send heartbeats until nothing changes any more.
    static void settle(GroupScene scene, StreamsClient... clients) {
        scene.pass(StreamsGroupLimits.defaults().assignmentIntervalMs());
        boolean changed = true;
        while (changed) {
            changed = false;
            for (StreamsClient client : clients) {
                var before = new TreeSet<>(client.owned);
                int epochBefore = client.epoch;
                client.send(scene, client.owning());
                changed |= !before.equals(client.owned) || epochBefore != client.epoch;
            }
        }
    }

    static StreamsTask active(int partition) {
        return new StreamsTask(StreamsTask.Role.ACTIVE, "0", partition);
    }

    static StreamsTask standby(int partition) {
        return new StreamsTask(StreamsTask.Role.STANDBY, "0", partition);
    }
}
