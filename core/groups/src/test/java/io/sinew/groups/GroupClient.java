package io.sinew.groups;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a client library knows of its membership, and the commands that it sends.
final class GroupClient {
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;

    private static long lastUuid;

    final String groupId;
    String clientId = "app";
    String memberId = "";
    @Nullable String instanceId;
    int generation = -1;
    int sessionTimeoutMs = SESSION_MS;
    int rebalanceTimeoutMs = REBALANCE_MS;
    String protocolType = "consumer";
    List<GroupCommand.Protocol> protocols = List.of(protocol("range", "orders"));
    boolean requireKnownMemberId;
    boolean canSkipAssignment = true;

    GroupClient(String groupId) {
        this.groupId = groupId;
    }

    /// Speaks the consumer protocol and subscribes to the topics.
    static GroupCommand.Protocol protocol(String name, String... topics) {
        return new GroupCommand.Protocol(name, GroupBytes.of(subscription(topics)));
    }

    static byte[] subscription(String... topics) {
        ByteBuffer bytes = ByteBuffer.allocate(1_000).putShort((short) 3).putInt(topics.length);
        for (String topic : topics) {
            byte[] name = topic.getBytes(StandardCharsets.UTF_8);
            bytes.putShort((short) name.length).put(name);
        }
        bytes.putInt(-1).flip();
        var array = new byte[bytes.remaining()];
        bytes.get(array);
        return array;
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

    GroupCommand.Join join() {
        return new GroupCommand.Join(
                groupId,
                memberId,
                instanceId,
                clientId,
                "/127.0.0.1",
                sessionTimeoutMs,
                rebalanceTimeoutMs,
                protocolType,
                protocols,
                new GroupCommand.JoinOptions(requireKnownMemberId, canSkipAssignment),
                null,
                new UUID(0, ++lastUuid));
    }

    GroupCommand.Claim claim() {
        return new GroupCommand.Claim(groupId, generation, memberId, instanceId);
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

    GroupCommand.Leave leave() {
        return new GroupCommand.Leave(groupId, List.of(leaving()));
    }

    GroupCommand.LeavingMember leaving() {
        return new GroupCommand.LeavingMember(memberId, instanceId, null);
    }

    GroupCommand.CommitOffsets commit(GroupOffset... offsets) {
        return new GroupCommand.CommitOffsets(claim(), List.of(offsets));
    }

    /// Takes in the answer to a join.
    GroupReply.Joined joined(GroupScene scene, long ticket) {
        var joined = (GroupReply.Joined) scene.reply(ticket);
        memberId = joined.memberId();
        generation = joined.generation();
        return joined;
    }

    /// A dynamic member in the group "g".
    static GroupClient dynamic() {
        return new GroupClient("g");
    }

    /// A static member in the group "g".
    static GroupClient named(String instanceId) {
        GroupClient client = dynamic();
        client.instanceId = instanceId;
        return client;
    }

    /// Another process of the same member: it has forgotten everything.
    GroupClient restarted() {
        GroupClient client = new GroupClient(groupId);
        client.clientId = clientId;
        client.instanceId = instanceId;
        client.protocols = protocols;
        client.canSkipAssignment = canSkipAssignment;
        return client;
    }

    /// Brings a group from empty to stable with these members, the first of which leads. Each is
    /// assigned its own member id.
    static void settle(GroupScene scene, GroupClient... clients) {
        var tickets = new ArrayList<Long>();
        for (GroupClient client : clients) {
            // Whoever is already in joins again, so that the rebalance can end.
            tickets.clear();
            long own = scene.send(client.join());
            for (GroupClient each : clients) {
                if (each == client) {
                    tickets.add(own);
                    break;
                }
                tickets.add(scene.send(each.join()));
            }
            for (int i = 0; i < tickets.size(); i++) {
                clients[i].joined(scene, tickets.get(i));
            }
        }
        sync(scene, clients);
    }

    /// Syncs the followers, then the leader, which is the first.
    static void sync(GroupScene scene, GroupClient... clients) {
        var assignments = new HashMap<String, GroupBytes>();
        for (GroupClient client : clients) {
            assignments.put(client.memberId, bytes("for " + client.memberId));
        }
        for (int i = clients.length - 1; i >= 0; i--) {
            scene.send(i == 0 ? clients[i].sync(assignments) : clients[i].sync());
        }
    }
}
