package io.sinew.sim;

import io.sinew.base.SinewException;
import io.sinew.broker.Pending;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// A consumer's connection to the coordinator, with one question at a time on its way, and what
/// everybody asks in the same way: offsets.
final class GroupLine {
    private final World world;
    private final SharedGroup group;
    private @Nullable Pending<GroupReply> pending;
    private @Nullable GroupCommand sent;
    private long sentMs;
    private long turn;
    private final Map<GroupPartition, Long> leastWhenSent = new HashMap<>();
    private Set<GroupPartition> lostWhenSent = Set.of();

    GroupLine(World world, SharedGroup group) {
        this.world = world;
        this.group = group;
    }

    boolean isWaiting() {
        return pending != null;
    }

    /// When what was asked last was sent.
    long sentMs() {
        return sentMs;
    }

    long turn() {
        return turn;
    }

    /// What is on its way, or was answered just now.
    @Nullable GroupCommand sent() {
        return sent;
    }

    void disconnect() {
        pending = null;
        sent = null;
    }

    void send(String memberId, Holdings holdings, GroupCommand command)
            throws InterruptedException {
        leastWhenSent.clear();
        holdings.owned().forEach(each -> leastWhenSent.put(each, group.committed(each)));
        lostWhenSent = group.lost(holdings.owned(), memberId);
        turn = group.nextTurn();
        sentMs = world.clock().nowMs();
        world.trace().add(group.id + "/" + memberId + " " + command.getClass().getSimpleName());
        sent = command;
        pending = world.machine().broker().groups().submit(command);
    }

    /// The answer; null as long as there is none.
    ///
    /// @throws SinewException there will be none
    @Nullable GroupReply answer() throws InterruptedException {
        Pending<GroupReply> waiting = pending;
        if (waiting == null || !waiting.isSettled()) {
            return null;
        }
        pending = null;
        return waiting.await();
    }

    // ---- offsets

    private boolean isThere(GroupPartition partition) {
        return world.topics().keptPartitions().stream()
                .anyMatch(each ->
                        each.topic.id.equals(partition.topicId())
                                && each.index == partition.partition());
    }

    /// Reads on a little, and gives what there is to commit; empty when there is nothing.
    List<GroupOffset> readOn(Holdings holdings) {
        var offsets = new ArrayList<GroupOffset>();
        SortedMap<GroupPartition, Long> positions = holdings.positions();
        for (GroupPartition partition : holdings.known()) {
            if (isThere(partition)) {
                long position = positions.getOrDefault(partition, 0L) + world.chance().below(5);
                positions.put(partition, position);
                offsets.add(new GroupOffset(partition, position, -1, ""));
            }
        }
        return offsets;
    }

    void fetched(GroupReply.OffsetsFetched fetched, Holdings holdings) {
        for (GroupOffset offset : fetched.offsets()) {
            GroupPartition partition = offset.partition();
            if (isThere(partition)) {
                long least = leastWhenSent.getOrDefault(partition, -1L);
                group.fetched(partition, offset.offset(), least);
            }
            holdings.positions().replace(partition, Holdings.UNKNOWN, Math.max(0, offset.offset()));
        }
    }

    void committed(String memberId) {
        if (sent instanceof GroupCommand.CommitOffsets commit) {
            for (GroupOffset offset : commit.offsets()) {
                group.committed(offset.partition(), offset.offset(), memberId, lostWhenSent);
            }
        }
    }
}
