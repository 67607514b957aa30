package io.sinew.groups;

import io.sinew.base.ErrorCode;
import io.sinew.groups.StreamsTask.Role;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// All streams groups (KIP-1071): which group a command is for, and what is kept of it besides its
/// records. [StreamsMembership] decides for one of them.
final class StreamsGroups {
    private final StreamsGroupLimits limits;
    private final GroupStore store;
    private final GroupTimers timers;

    /// Of each group that has members.
    private final Map<String, StreamsMembership> memberships = new HashMap<>();

    private GroupTopics topics = GroupTopics.NONE;

    StreamsGroups(StreamsGroupLimits limits, GroupStore store, GroupTimers timers) {
        this.limits = limits;
        this.store = store;
        this.timers = timers;
    }

    void know(GroupTopics now) {
        topics = now;
    }

    /// Begins the sessions of a stored group's members.
    void wake(long nowMs, StreamsGroup group) {
        if (!group.members().isEmpty()) {
            var membership = StreamsMembership.restored(nowMs, limits, group.members().values());
            memberships.put(group.groupId(), membership);
            timers.set(group.groupId(), membership.deadlineMs());
        }
    }

    boolean hasMembers(String groupId) {
        StreamsGroup group = store.streams(groupId);
        return group != null && !group.members().isEmpty();
    }

    /// Whether the group has members by now, this decision included.
    boolean coordinates(String groupId) {
        return memberships.containsKey(groupId);
    }

    void forget(String groupId) {
        memberships.remove(groupId);
        timers.clear(groupId);
    }

    /// Decides on a heartbeat for a group that has no members of another protocol.
    ///
    /// @param mayMake whether the broker has room for another group
    void heartbeat(
            long nowMs,
            long ticket,
            GroupCommand.StreamsHeartbeat beat,
            boolean mayMake,
            GroupDraft draft) {
        ErrorCode refusal = beat.refusal();
        StreamsGroup group = store.streams(beat.groupId());
        if (refusal == null && group == null) {
            if (beat.memberEpoch() != Holding.JOINING) {
                refusal = ErrorCode.GROUP_ID_NOT_FOUND;
            } else if (!mayMake) {
                refusal = ErrorCode.GROUP_MAX_SIZE_REACHED;
            }
        }
        if (refusal != null) {
            draft.refuse(ticket, refusal);
            return;
        }
        StreamsGroup before = group == null ? StreamsGroup.empty(beat.groupId()) : group;
        StreamsMembership known = memberships.get(beat.groupId());
        StreamsMembership membership = known == null ? new StreamsMembership(limits) : known;
        if (beat.leaves()) {
            leave(nowMs, ticket, beat, membership, before, draft);
            return;
        }
        StreamsGroup after = membership.heartbeat(nowMs, beat, topics, before, draft, ticket);
        if (after != null) {
            settle(membership, before, after, draft);
        }
    }

    private void leave(
            long nowMs,
            long ticket,
            GroupCommand.StreamsHeartbeat beat,
            StreamsMembership membership,
            StreamsGroup before,
            GroupDraft draft) {
        if (!before.members().containsKey(beat.memberId())) {
            draft.refuse(ticket, ErrorCode.UNKNOWN_MEMBER_ID);
            return;
        }
        settle(
                membership,
                before,
                membership.remove(nowMs, List.of(beat.memberId()), before),
                draft);
        draft.answer(
                ticket,
                new GroupReply.StreamsBeat(
                        beat.memberId(),
                        Holding.LEAVING,
                        0,
                        List.of(),
                        null,
                        beat.endpointEpoch(),
                        null,
                        List.of()));
    }

    /// Writes down what has changed of a group, and keeps what has to be kept besides.
    private void settle(
            StreamsMembership membership,
            StreamsGroup before,
            StreamsGroup after,
            GroupDraft draft) {
        GroupRecord.StreamsGroupChanged change = after.since(before);
        if (change != null) {
            draft.store(change);
        }
        if (after.members().isEmpty()) {
            forget(after.groupId());
        } else {
            memberships.put(after.groupId(), membership);
            timers.set(after.groupId(), membership.deadlineMs());
        }
    }

    /// Removes whom time has run out for.
    ///
    /// @return whether the group is one of these
    boolean expire(long nowMs, String groupId, GroupDraft draft) {
        StreamsMembership membership = memberships.get(groupId);
        StreamsGroup group = store.streams(groupId);
        if (membership == null || group == null) {
            return false;
        }
        List<String> expired = membership.expired(nowMs, group.members().keySet());
        settle(membership, group, membership.remove(nowMs, expired, group), draft);
        return true;
    }

    // ---- questions

    GroupPhase phase(StreamsGroup group) {
        GroupRecord.Epochs epochs = group.epochs();
        if (group.members().isEmpty()) {
            return GroupPhase.EMPTY;
        }
        if (!group.ready()) {
            return GroupPhase.NOT_READY;
        }
        if (epochs.epoch() > epochs.targetEpoch()) {
            return GroupPhase.ASSIGNING;
        }
        boolean reconciled =
                group.members().values().stream()
                        .allMatch(m -> m.holding().isReconciledTo(epochs.targetEpoch()));
        return reconciled ? GroupPhase.STABLE : GroupPhase.RECONCILING;
    }

    GroupReply.StreamsGroupDescription describe(String groupId) {
        StreamsGroup group = store.streams(groupId);
        if (group == null) {
            return new GroupReply.NoStreamsGroup(groupId);
        }
        return new GroupReply.DescribedStreamsGroup(
                groupId,
                phase(group),
                group.epochs().epoch(),
                group.epochs().targetEpoch(),
                group.topology(),
                List.copyOf(group.members().values()));
    }

    /// The ids of the topics that the application reads, while it has members.
    Set<UUID> subscribedIds(StreamsGroup group) {
        var ids = new HashSet<UUID>();
        StreamsTopology topology = group.topology();
        if (topology != null && !group.members().isEmpty()) {
            for (StreamsTopology.Subtopology part : topology.subtopologies()) {
                for (String name : part.sources()) {
                    GroupTopic topic = topics.named(name);
                    if (topic != null) {
                        ids.add(topic.id());
                    }
                }
            }
        }
        return ids;
    }

    // ---- offsets

    /// Whether a member may commit offsets in these partitions. It may in its epoch; in an earlier
    /// one, if the tasks that read them were its own by then.
    @Nullable ErrorCode refuseCommit(
            StreamsGroup group, GroupCommand.Claim claim, List<GroupOffset> offsets) {
        if (claim.generation() < 0 && group.members().isEmpty()) {
            return null;
        }
        StreamsMember member = group.members().get(claim.memberId());
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        int epoch = claim.generation();
        boolean may =
                epoch == member.epoch()
                        || (epoch < member.epoch()
                                && offsets.stream()
                                        .allMatch(offset ->
                                                since(group, member, offset.partition()) <= epoch));
        return may ? null : ErrorCode.STALE_MEMBER_EPOCH;
    }

    /// The epoch in which a member was assigned the task that reads a partition.
    private int since(StreamsGroup group, StreamsMember member, GroupPartition partition) {
        GroupTopic topic = topics.withId(partition.topicId());
        StreamsTopology topology = group.topology();
        if (topic == null || topology == null) {
            return Integer.MAX_VALUE;
        }
        for (StreamsTopology.Subtopology part : topology.subtopologies()) {
            if (part.sources().contains(topic.name())) {
                var task = new StreamsTask(Role.ACTIVE, part.id(), partition.partition());
                Integer since = member.holding().assigned().get(task);
                if (since == null) {
                    since = member.holding().revoking().get(task);
                }
                return since == null ? Integer.MAX_VALUE : since;
            }
        }
        return Integer.MAX_VALUE;
    }

    /// Whether somebody may ask for a group's offsets. Who does not say who they are may.
    static @Nullable ErrorCode refuseFetch(StreamsGroup group, GroupCommand.FetchOffsets fetch) {
        String memberId = fetch.memberId();
        if (memberId == null && fetch.memberEpoch() < 0) {
            return null;
        }
        StreamsMember member = memberId == null ? null : group.members().get(memberId);
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return fetch.memberEpoch() == member.epoch() ? null : ErrorCode.STALE_MEMBER_EPOCH;
    }
}
