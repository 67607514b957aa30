package io.sinew.sim;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Pending;
import io.sinew.groups.GroupBytes;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A consumer in a group: it joins, takes its part, commits what it has read, and vanishes.
final class GroupMember {
    private enum Phase {
        OUTSIDE,
        JOINED,
        ASSIGNED,
        WORKING
    }

    private final World world;
    private final GroupModel group;
    private final int number;
    private final Map<GroupPartition, Long> positions = new TreeMap<>();
    private String memberId = "";
    private int generation = -1;

    /// The generation before, in which a commit may still be on its way.
    private int formerGeneration = -1;

    private long asleepUntilMs;
    private Phase phase = Phase.OUTSIDE;
    private List<GroupReply.JoinedMember> followers = List.of();

    private @Nullable Pending<GroupReply> pending;
    private @Nullable GroupCommand sent;
    private int newestWhenSent;
    private final Map<GroupPartition, Long> leastWhenSent = new HashMap<>();

    GroupMember(World world, GroupModel group, int number) {
        this.world = world;
        this.group = group;
        this.number = number;
    }

    /// The broker is another one now; what it was asked for is forgotten.
    void disconnect() {
        pending = null;
        sent = null;
        phase = phase == Phase.WORKING ? Phase.WORKING : Phase.OUTSIDE;
    }

    /// Does the next thing that such a consumer does.
    void act() throws InterruptedException {
        Pending<GroupReply> waiting = pending;
        if (waiting != null) {
            if (waiting.isSettled()) {
                take(waiting);
            } else if (world.chance().oneIn(60)) {
                disconnect();
            }
            return;
        }
        if (world.clock().nowMs() < asleepUntilMs) {
            return;
        }
        if (world.chance().oneIn(100)) {
            vanish();
        } else if (world.chance().oneIn(100)) {
            asleepUntilMs = world.clock().nowMs() + world.chance().below(60_000);
            world.trace().add(name() + " sleeps");
        } else if (isLate() && world.chance().oneIn(8)) {
            send(commit(formerGeneration));
        } else {
            send(next());
        }
    }

    /// Whether a commit of the generation before may still come along.
    private boolean isLate() {
        return phase == Phase.WORKING && formerGeneration >= 0 && !positions.isEmpty();
    }

    private void vanish() {
        disconnect();
        phase = Phase.OUTSIDE;
        memberId = "";
        world.trace().add(name() + " vanishes");
    }

    private String name() {
        return group.id + "/" + number;
    }

    private GroupCommand next() {
        return switch (phase) {
            case OUTSIDE -> join();
            case JOINED -> new GroupCommand.Sync(claim(), null, null, assignments());
            case ASSIGNED ->
                    new GroupCommand.FetchOffsets(group.id, List.copyOf(positions.keySet()), false);
            case WORKING -> work();
        };
    }

    private GroupCommand work() {
        if (world.chance().oneIn(30)) {
            var leaving = new GroupCommand.LeavingMember(memberId, null, null);
            return new GroupCommand.Leave(group.id, List.of(leaving));
        }
        if (positions.isEmpty() || world.chance().oneIn(2)) {
            return new GroupCommand.Heartbeat(claim());
        }
        positions.replaceAll((_, position) -> position + world.chance().below(5));
        return commit(generation);
    }

    private GroupCommand commit(int as) {
        var offsets = new ArrayList<GroupOffset>();
        positions.forEach(
                (partition, position) -> offsets.add(new GroupOffset(partition, position, -1, "")));
        var claim = new GroupCommand.Claim(group.id, as, memberId, null);
        return new GroupCommand.CommitOffsets(claim, offsets);
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
                20_000 + 5_000 * number,
                10_000,
                "consumer",
                List.of(new GroupCommand.Protocol("range", GroupBytes.EMPTY)),
                new GroupCommand.JoinOptions(number % 2 == 0, true),
                null,
                world.chance().id());
    }

    /// Everybody's part, from the leader: partition by partition in turn.
    private Map<String, GroupBytes> assignments() {
        var parts = new HashMap<String, StringBuilder>();
        String mark = world.chance().id().toString();
        followers.forEach(each -> parts.put(each.memberId(), new StringBuilder(mark)));
        int next = 0;
        for (PartitionModel partition : world.topics().partitions()) {
            if (!followers.isEmpty() && partition.index < partition.topic.keptPartitions) {
                String owner = followers.get(next++ % followers.size()).memberId();
                StringBuilder part = parts.getOrDefault(owner, new StringBuilder());
                part.append(' ').append(partition.topic.id).append('/').append(partition.index);
            }
        }
        var assignments = new HashMap<String, GroupBytes>();
        parts.forEach((member, part) ->
                assignments.put(
                        member, GroupBytes.of(part.toString().getBytes(StandardCharsets.UTF_8))));
        return assignments;
    }

    private void send(GroupCommand command) throws InterruptedException {
        newestWhenSent = group.newestGeneration();
        leastWhenSent.clear();
        positions.keySet().forEach(each -> leastWhenSent.put(each, group.committed(each)));
        world.trace().add(name() + " " + command.getClass().getSimpleName());
        sent = command;
        pending = world.machine().broker().groups().submit(command);
    }

    private void take(Pending<GroupReply> settled) throws InterruptedException {
        GroupReply reply;
        try {
            reply = settled.await();
        } catch (SinewException e) {
            disconnect();
            throw e;
        }
        GroupCommand command = sent;
        pending = null;
        sent = null;
        world.trace().add(name() + " gets " + reply.getClass().getSimpleName());
        switch (reply) {
            case GroupReply.Refused(ErrorCode error) -> refused(command, error);
            case GroupReply.MemberIdRequired(String id) -> memberId = id;
            case GroupReply.Joined joined -> joined(joined);
            case GroupReply.Synced synced -> synced(synced);
            case GroupReply.OffsetsFetched fetched -> fetched(fetched);
            case GroupReply.OffsetsCommitted _ -> committed(command);
            case GroupReply.Left _ -> vanish();
            case GroupReply.Alive _,
                    GroupReply.OffsetsDeleted _,
                    GroupReply.GroupsDeleted _,
                    GroupReply.GroupsListed _,
                    GroupReply.GroupsDescribed _,
                    GroupReply.ConsumerBeat _,
                    GroupReply.ConsumerGroupsDescribed _,
                    GroupReply.StreamsBeat _,
                    GroupReply.StreamsGroupsDescribed _,
                    GroupReply.TransactionEnded _,
                    GroupReply.TopicsForgotten _ -> {}
        }
    }

    private void refused(@Nullable GroupCommand command, ErrorCode error) {
        if (command instanceof GroupCommand.CommitOffsets late
                && late.claim().generation() != generation) {
            return;
        }
        phase = Phase.OUTSIDE;
        if (error == ErrorCode.UNKNOWN_MEMBER_ID) {
            memberId = "";
        }
    }

    private void joined(GroupReply.Joined joined) {
        boolean anyOffsets =
                world.topics().partitions().stream()
                        .anyMatch(partition -> group.committed(id(partition)) >= 0);
        group.joined(joined.generation(), anyOffsets);
        memberId = joined.memberId();
        formerGeneration = joined.generation() > generation ? generation : -1;
        generation = joined.generation();
        followers = joined.members();
        phase = Phase.JOINED;
    }

    private static GroupPartition id(PartitionModel partition) {
        return new GroupPartition(partition.topic.id, partition.index);
    }

    private void synced(GroupReply.Synced synced) {
        String text = new String(synced.assignment().toArray(), StandardCharsets.UTF_8);
        positions.clear();
        if (!text.isEmpty()) {
            String[] words = text.split(" ", -1);
            group.synced(generation, words[0]);
            for (int i = 1; i < words.length; i++) {
                String[] parts = words[i].split("/", -1);
                var topicId = UUID.fromString(parts[0]);
                positions.put(new GroupPartition(topicId, Integer.parseInt(parts[1])), 0L);
            }
        }
        phase = Phase.ASSIGNED;
    }

    private void fetched(GroupReply.OffsetsFetched fetched) {
        for (GroupOffset offset : fetched.offsets()) {
            if (isThere(offset.partition())) {
                long least = leastWhenSent.getOrDefault(offset.partition(), -1L);
                group.fetched(offset.partition(), offset.offset(), least);
            }
            positions.put(offset.partition(), Math.max(0, offset.offset()));
        }
        phase = Phase.WORKING;
    }

    private boolean isThere(GroupPartition partition) {
        return world.topics().partitions().stream().anyMatch(p -> id(p).equals(partition));
    }

    private void committed(@Nullable GroupCommand command) {
        if (command instanceof GroupCommand.CommitOffsets commit) {
            for (GroupOffset offset : commit.offsets()) {
                int by = commit.claim().generation();
                group.committed(offset.partition(), offset.offset(), by, newestWhenSent);
            }
        }
    }
}
