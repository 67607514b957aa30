package io.sinew.sim;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.GroupBytes;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// A consumer of the classic protocol that gives up everything before it joins again, in a group
/// that may be one of the new protocol.
final class ClassicConsumer implements GroupConsumer {
    private static final int SESSION_MS = 20_000;
    private static final int REBALANCE_MS = 60_000;

    private enum Phase {
        OUTSIDE,
        JOINED,
        WORKING
    }

    private final World world;
    private final SharedGroup group;
    private final List<String> topics;
    private final GroupLine line;
    private final Holdings holdings = new Holdings(SESSION_MS, REBALANCE_MS);
    private Phase phase = Phase.OUTSIDE;
    private String memberId = "";
    private int generation = -1;
    private List<GroupReply.JoinedMember> followers = List.of();

    /// What it has shared out as a leader.
    private List<GroupPartition> dealt = List.of();

    /// The topics when it asked for its assignment, which speaks of their names.
    private Map<String, UUID> asked = Map.of();

    private boolean leaves;
    private boolean gone;
    private long asleepUntilMs;

    /// @param topics all that it wants
    ClassicConsumer(World world, SharedGroup group, List<String> topics) {
        this.world = world;
        this.group = group;
        this.topics = topics;
        this.line = new GroupLine(world, group);
    }

    @Override
    public Holdings holdings() {
        return holdings;
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public Ghost ghost() {
        return new Ghost(group, memberId, generation, holdings.positions());
    }

    @Override
    public void disconnect() {
        line.disconnect();
        if (phase == Phase.JOINED) {
            phase = Phase.OUTSIDE;
        }
        gone |= leaves;
    }

    @Override
    public void act(boolean calm) throws InterruptedException {
        if (line.isWaiting()) {
            take();
            if (line.isWaiting() && world.chance().oneIn(calm ? 1_000 : 60)) {
                disconnect();
            }
            return;
        }
        if (!calm && world.clock().nowMs() < asleepUntilMs) {
            return;
        }
        if (!calm && world.chance().oneIn(100)) {
            gone = true;
        } else if (!calm && world.chance().oneIn(100)) {
            asleepUntilMs = world.clock().nowMs() + world.chance().below(60_000);
        } else {
            GroupCommand command = next(calm);
            line.send(memberId, holdings, command);
        }
    }

    private GroupCommand next(boolean calm) {
        boolean stale = !followers.isEmpty() && !dealt.equals(partitions());
        if (phase == Phase.WORKING && stale && (calm || world.chance().oneIn(10))) {
            joinAgain();
        }
        return switch (phase) {
            case OUTSIDE -> join();
            case JOINED -> sync();
            case WORKING -> work(calm);
        };
    }

    private List<GroupPartition> partitions() {
        return world.topics().keptPartitions().stream()
                .map(each -> new GroupPartition(each.topic.id, each.index))
                .toList();
    }

    private Map<String, UUID> names() {
        var names = new HashMap<String, UUID>();
        world.topics().present().forEach(topic -> names.put(topic.name, topic.id));
        return names;
    }

    private GroupCommand.Claim claim() {
        return new GroupCommand.Claim(group.id, generation, memberId, null);
    }

    private GroupCommand join() {
        return new GroupCommand.Join(
                group.id,
                memberId,
                null,
                "sim",
                "/127.0.0.1",
                SESSION_MS,
                REBALANCE_MS,
                "consumer",
                List.of(new GroupCommand.Protocol("range", ConsumerBytes.subscription(topics))),
                new GroupCommand.JoinOptions(world.chance().oneIn(2), true),
                null,
                world.chance().id());
    }

    /// As a leader it deals the partitions out one by one.
    private GroupCommand sync() {
        asked = names();
        var parts = new HashMap<String, SortedMap<String, List<Integer>>>();
        dealt = partitions();
        int next = 0;
        for (PartitionModel each : world.topics().keptPartitions()) {
            if (!followers.isEmpty()) {
                String owner = followers.get(next++ % followers.size()).memberId();
                parts.computeIfAbsent(owner, _ -> new TreeMap<>())
                        .computeIfAbsent(each.topic.name, _ -> new ArrayList<>())
                        .add(each.index);
            }
        }
        var assignments = new HashMap<String, GroupBytes>();
        parts.forEach((owner, part) -> assignments.put(owner, ConsumerBytes.assignment(part)));
        return new GroupCommand.Sync(claim(), null, null, assignments);
    }

    private GroupCommand work(boolean calm) {
        if (!calm && world.chance().oneIn(40)) {
            leaves = true;
            holdings.clear();
            return new GroupCommand.Leave(
                    group.id, List.of(new GroupCommand.LeavingMember(memberId, null, null)));
        }
        if (world.chance().oneIn(2)) {
            if (holdings.known().size() < holdings.owned().size()) {
                return new GroupCommand.FetchOffsets(
                        group.id, List.copyOf(holdings.owned()), false);
            }
            List<GroupOffset> offsets = line.readOn(holdings);
            if (!offsets.isEmpty()) {
                return new GroupCommand.CommitOffsets(claim(), offsets);
            }
        }
        return new GroupCommand.Heartbeat(claim());
    }

    private void take() throws InterruptedException {
        GroupReply reply;
        try {
            reply = line.answer();
        } catch (SinewException e) {
            disconnect();
            throw e;
        }
        if (reply == null) {
            return;
        }
        if (leaves) {
            gone = true;
        } else if (reply instanceof GroupReply.MemberIdRequired(String id)) {
            memberId = id;
        } else if (reply instanceof GroupReply.Joined joined) {
            memberId = joined.memberId();
            generation = joined.generation();
            followers = joined.members();
            phase = Phase.JOINED;
        } else if (reply instanceof GroupReply.Synced synced) {
            synced(synced);
        } else if (reply instanceof GroupReply.Alive) {
            holdings.heard(line.sentMs());
        } else if (reply instanceof GroupReply.OffsetsFetched fetched) {
            line.fetched(fetched, holdings);
        } else if (reply instanceof GroupReply.OffsetsCommitted) {
            line.committed(memberId);
        } else if (reply instanceof GroupReply.Refused(ErrorCode error)) {
            refused(error);
        }
    }

    private void synced(GroupReply.Synced synced) {
        Map<String, UUID> now = names();
        phase = Phase.WORKING;
        holdings.clear();
        holdings.heard(line.sentMs());
        ConsumerBytes.partitions(synced.assignment())
                .forEach((name, indexes) -> {
                    UUID id = now.get(name);
                    if (id != null && id.equals(asked.get(name))) {
                        for (int index : indexes) {
                            var partition = new GroupPartition(id, index);
                            holdings.take(List.of(partition));
                            group.told(partition, memberId, line.turn());
                        }
                    }
                });
    }

    private void joinAgain() {
        phase = Phase.OUTSIDE;
        followers = List.of();
        holdings.clear();
    }

    private void refused(ErrorCode error) {
        world.trace().add(group.id + "/" + memberId + " is refused: " + error);
        if (error != ErrorCode.COORDINATOR_NOT_AVAILABLE || phase != Phase.WORKING) {
            joinAgain();
        }
        if (error == ErrorCode.UNKNOWN_MEMBER_ID) {
            memberId = "";
        }
    }
}
