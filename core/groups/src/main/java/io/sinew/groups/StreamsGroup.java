package io.sinew.groups;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A streams group (KIP-1071): what survives a restart of it. Immutable; a decision makes the next
/// one, and what differs is one record.
///
/// @param topology of the first member; null before it
/// @param standbys copies of tasks with state that the last targets had
/// @param ready whether the last targets were for all topics being there
/// @param members by id
record StreamsGroup(
        String groupId,
        GroupRecord.Epochs epochs,
        @Nullable StreamsTopology topology,
        int standbys,
        boolean ready,
        SortedMap<String, StreamsMember> members) {

    StreamsGroup {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    }

    static StreamsGroup empty(String groupId) {
        return new StreamsGroup(
                groupId, new GroupRecord.Epochs(0, 0, 0, 0), null, 0, false, new TreeMap<>());
    }

    StreamsGroup with(StreamsMember member) {
        var next = new TreeMap<>(members);
        next.put(member.memberId(), member);
        return new StreamsGroup(groupId, epochs, topology, standbys, ready, next);
    }

    StreamsGroup without(List<String> memberIds) {
        var next = new TreeMap<>(members);
        next.keySet().removeAll(memberIds);
        return new StreamsGroup(groupId, epochs, topology, standbys, ready, next);
    }

    StreamsGroup with(StreamsTopology newTopology) {
        return new StreamsGroup(groupId, epochs, newTopology, standbys, ready, members);
    }

    /// With the targets for the present epoch.
    ///
    /// @param targets by member id; a member without one shall have nothing
    StreamsGroup assigned(long nowMs, Map<String, SortedSet<StreamsTask>> targets) {
        var next = new TreeMap<String, StreamsMember>();
        for (StreamsMember member : members.values()) {
            SortedSet<StreamsTask> target =
                    targets.getOrDefault(member.memberId(), new TreeSet<>());
            next.put(member.memberId(), member.withTarget(target));
        }
        var newEpochs =
                new GroupRecord.Epochs(epochs.epoch(), epochs.epoch(), epochs.topicsHash(), nowMs);
        return new StreamsGroup(groupId, newEpochs, topology, standbys, ready, next);
    }

    /// Another state of what the targets depend on.
    StreamsGroup inNextEpoch(long nowMs, long topicsHash, int newStandbys, boolean nowReady) {
        var next =
                new GroupRecord.Epochs(epochs.epoch() + 1, epochs.targetEpoch(), topicsHash, nowMs);
        return new StreamsGroup(groupId, next, topology, newStandbys, nowReady, members);
    }

    /// What makes this of `before`; null when nothing does.
    GroupRecord.@Nullable StreamsGroupChanged since(StreamsGroup before) {
        var changed = new ArrayList<StreamsMember>();
        for (StreamsMember member : members.values()) {
            if (!member.equals(before.members.get(member.memberId()))) {
                changed.add(member);
            }
        }
        List<String> left =
                before.members.keySet().stream().filter(id -> !members.containsKey(id)).toList();
        boolean sameTopology = topology == null || topology.equals(before.topology);
        if (changed.isEmpty() && left.isEmpty() && sameTopology && sameState(before)) {
            return null;
        }
        return new GroupRecord.StreamsGroupChanged(
                groupId, epochs, sameTopology ? null : topology, standbys, ready, changed, left);
    }

    private boolean sameState(StreamsGroup before) {
        return epochs.equals(before.epochs) && standbys == before.standbys && ready == before.ready;
    }

    StreamsGroup apply(GroupRecord.StreamsGroupChanged changed) {
        var next = new TreeMap<>(members);
        next.keySet().removeAll(changed.left());
        changed.members().forEach(member -> next.put(member.memberId(), member));
        return new StreamsGroup(
                groupId,
                changed.epochs(),
                changed.topology() == null ? topology : changed.topology(),
                changed.standbys(),
                changed.ready(),
                next);
    }

    /// The record that, replayed into nothing, gives this.
    GroupRecord.StreamsGroupChanged stored() {
        return new GroupRecord.StreamsGroupChanged(
                groupId,
                epochs,
                topology,
                standbys,
                ready,
                List.copyOf(members.values()),
                List.of());
    }
}
