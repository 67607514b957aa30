package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// All consumer groups (KIP-848): which group a command is for, and what is kept of it besides its
/// records. [ConsumerMembership] decides for one of them.
final class ConsumerGroups {
    private final ConsumerGroupLimits limits;
    private final GroupStore store;
    private final GroupTimers timers;

    /// Of each group that has members.
    private final Map<String, ConsumerMembership> memberships = new HashMap<>();

    private GroupTopics topics = GroupTopics.NONE;

    ConsumerGroups(ConsumerGroupLimits limits, GroupStore store, GroupTimers timers) {
        this.limits = limits;
        this.store = store;
        this.timers = timers;
    }

    void know(GroupTopics now) {
        topics = now;
    }

    /// Begins the sessions of a stored group's members.
    void wake(long nowMs, ConsumerGroup group) {
        if (group.size() > 0) {
            var membership = ConsumerMembership.restored(nowMs, limits, group.members());
            memberships.put(group.groupId(), membership);
            timers.set(group.groupId(), membership.deadlineMs());
        }
    }

    boolean hasMembers(String groupId) {
        ConsumerGroup group = store.consumer(groupId);
        return group != null && group.size() > 0;
    }

    // ---- heartbeats

    /// @param mayMake whether the broker has room for another group
    void heartbeat(
            long nowMs,
            long ticket,
            GroupCommand.ConsumerHeartbeat beat,
            boolean mayMake,
            GroupDraft draft) {
        ErrorCode refusal = beat.refusal(limits);
        ConsumerGroup group = store.consumer(beat.groupId());
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
        var edit =
                new ConsumerGroupDraft(group == null ? new ConsumerGroup(beat.groupId()) : group);
        ConsumerMembership membership = membership(beat.groupId());
        if (beat.leaves()) {
            membership.leave(beat, topics, edit, draft, ticket);
        } else {
            membership.heartbeat(nowMs, beat, topics, edit, draft, ticket);
        }
        settle(nowMs, membership, edit, draft);
    }

    private ConsumerMembership membership(String groupId) {
        ConsumerMembership known = memberships.get(groupId);
        return known == null ? new ConsumerMembership(limits) : known;
    }

    /// Writes down what has changed of a group, and keeps what has to be kept besides.
    private void settle(
            long nowMs, ConsumerMembership membership, ConsumerGroupDraft edit, GroupDraft draft) {
        GroupRecord.ConsumerGroupChanged change = edit.change(nowMs);
        if (change != null) {
            draft.store(change);
        }
        if (edit.size() == 0) {
            memberships.remove(edit.groupId());
            timers.clear(edit.groupId());
        } else {
            memberships.put(edit.groupId(), membership);
            timers.set(edit.groupId(), membership.deadlineMs());
        }
    }

    /// Removes whom time has run out for.
    void expire(long nowMs, String groupId, GroupDraft draft) {
        ConsumerMembership membership = memberships.get(groupId);
        ConsumerGroup group = store.consumer(groupId);
        if (membership == null || group == null) {
            timers.clear(groupId);
            return;
        }
        var edit = new ConsumerGroupDraft(group);
        List<ConsumerMember> expired = membership.expired(nowMs, edit);
        membership.remove(expired, topics, edit);
        settle(nowMs, membership, edit, draft);
    }

    void forget(String groupId) {
        memberships.remove(groupId);
        timers.clear(groupId);
    }

    // ---- questions

    GroupPhase phase(ConsumerGroup group) {
        GroupRecord.Epochs epochs = group.epochs();
        if (group.size() == 0) {
            return GroupPhase.EMPTY;
        }
        if (epochs.epoch() > epochs.targetEpoch()) {
            return GroupPhase.ASSIGNING;
        }
        boolean reconciled =
                group.members().stream()
                        .allMatch(m -> m.holding().isReconciledTo(epochs.targetEpoch()));
        return reconciled ? GroupPhase.STABLE : GroupPhase.RECONCILING;
    }

    GroupReply.ConsumerGroupDescription describe(String groupId) {
        ConsumerGroup group = store.consumer(groupId);
        if (group == null) {
            return new GroupReply.NoConsumerGroup(groupId);
        }
        var members = new ArrayList<GroupReply.DescribedConsumer>();
        for (ConsumerMember member : group.members()) {
            var holds = new TreeSet<>(member.holding().assigned().keySet());
            holds.addAll(member.holding().revoking().keySet());
            members.add(
                    new GroupReply.DescribedConsumer(
                            member.said(), member.epoch(), holds, member.target()));
        }
        return new GroupReply.DescribedConsumerGroup(
                groupId,
                phase(group),
                group.epochs().epoch(),
                group.epochs().targetEpoch(),
                membership(groupId).assignorOf(group.members()),
                List.copyOf(members));
    }

    /// The ids of the topics that members of the group subscribe to.
    Set<UUID> subscribedIds(ConsumerGroup group) {
        return membership(group.groupId()).subscribedIds(topics, group.members());
    }

    // ---- offsets

    /// Whether a member may commit offsets in these partitions. It may in its epoch; in an earlier
    /// one, for its answers to commits and to heartbeats cross, if the partitions were its own by
    /// then (KIP-1251).
    @Nullable ErrorCode refuseCommit(GroupCommand.CommitOffsets commit) {
        GroupCommand.Claim claim = commit.claim();
        ConsumerGroup group = store.consumer(claim.groupId());
        if (group == null) {
            return ErrorCode.GROUP_ID_NOT_FOUND;
        }
        if (claim.generation() < 0 && group.size() == 0) {
            return null;
        }
        ConsumerMember member = group.member(claim.memberId());
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        int epoch = claim.generation();
        ErrorCode stale =
                member.speaksClassic()
                        ? ErrorCode.ILLEGAL_GENERATION
                        : ErrorCode.STALE_MEMBER_EPOCH;
        if (epoch > member.epoch()) {
            return stale;
        }
        boolean own =
                epoch == member.epoch()
                        || commit.offsets().stream()
                                .allMatch(offset -> since(member, offset.partition()) <= epoch);
        return own ? null : stale;
    }

    /// The epoch in which a member was assigned a partition that it holds.
    private static int since(ConsumerMember member, GroupPartition partition) {
        Integer since = member.holding().assigned().get(partition);
        if (since == null) {
            since = member.holding().revoking().get(partition);
        }
        return since == null ? Integer.MAX_VALUE : since;
    }

    /// Whether somebody may ask for a group's offsets. Who does not say who they are may.
    @Nullable ErrorCode refuseFetch(GroupCommand.FetchOffsets fetch) {
        ConsumerGroup group = store.consumer(fetch.groupId());
        String memberId = fetch.memberId();
        if (group == null || (memberId == null && fetch.memberEpoch() < 0)) {
            return null;
        }
        ConsumerMember member = memberId == null ? null : group.member(memberId);
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        if (fetch.memberEpoch() == member.epoch()) {
            return null;
        }
        return member.speaksClassic() ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.STALE_MEMBER_EPOCH;
    }
}
