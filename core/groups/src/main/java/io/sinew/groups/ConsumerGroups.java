package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /// Whether the group has members by now, this decision included.
    boolean coordinates(String groupId) {
        return memberships.containsKey(groupId);
    }

    // ---- heartbeats

    /// Decides on a heartbeat for a group that is not a classic one with members.
    ///
    /// @param mayMake whether the broker has room for another group
    /// @return what the group is as a classic one, if it is one from now on
    GroupRecord.@Nullable GenerationStored heartbeat(
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
            return null;
        }
        var edit = edit(beat.groupId());
        ConsumerMembership membership = membership(beat.groupId());
        if (beat.leaves()) {
            membership.leave(beat, topics, edit, draft, ticket);
        } else if (!membership.heartbeat(nowMs, beat, topics, edit, draft, ticket)) {
            return null;
        }
        return settle(nowMs, membership, edit, draft);
    }

    /// Decides on a heartbeat for a classic group with members, which becomes a consumer group with
    /// it, or refuses it. [#coordinates] tells which.
    ///
    /// @param classic the group as it is
    void upgrade(
            long nowMs,
            long ticket,
            GroupCommand.ConsumerHeartbeat beat,
            GroupRecord.GenerationStored classic,
            GroupDraft draft) {
        ErrorCode refusal = beat.refusal(limits);
        if (refusal != null) {
            draft.refuse(ticket, refusal);
            return;
        }
        boolean may =
                beat.memberEpoch() == Holding.JOINING
                        && limits.migration().upgrades()
                        && classic.protocolType().equals(GroupMigration.PROTOCOL_TYPE)
                        && classic.members().size() <= limits.membersMax();
        Optional<List<ConsumerMember>> members =
                may ? GroupMigration.toConsumer(classic, topics) : Optional.empty();
        if (members.isEmpty()) {
            draft.refuse(ticket, ErrorCode.GROUP_ID_NOT_FOUND);
            return;
        }
        var edit = edit(beat.groupId());
        edit.begin(Math.max(classic.generation(), edit.epoch()));
        members.get().forEach(edit::put);
        var membership = ConsumerMembership.restored(nowMs, limits, edit.members());
        if (membership.heartbeat(nowMs, beat, topics, edit, draft, ticket)) {
            settle(nowMs, membership, edit, draft);
        }
    }

    private ConsumerGroupDraft edit(String groupId) {
        ConsumerGroup group = store.consumer(groupId);
        return new ConsumerGroupDraft(group == null ? new ConsumerGroup(groupId) : group);
    }

    private ConsumerMembership membership(String groupId) {
        ConsumerMembership known = memberships.get(groupId);
        return known == null ? new ConsumerMembership(limits) : known;
    }

    /// Writes down what has changed of a group, and keeps what has to be kept besides.
    private GroupRecord.@Nullable GenerationStored settle(
            long nowMs, ConsumerMembership membership, ConsumerGroupDraft edit, GroupDraft draft) {
        boolean turnsClassic =
                edit.hasLost()
                        && edit.size() > 0
                        && limits.migration().downgrades()
                        && edit.members().stream().allMatch(ConsumerMember::speaksClassic);
        if (turnsClassic) {
            GroupRecord.GenerationStored classic = becomeClassic(nowMs, edit, draft);
            if (classic != null) {
                return classic;
            }
        }
        GroupRecord.ConsumerGroupChanged change = edit.change(nowMs);
        if (change != null) {
            draft.store(change);
        }
        if (edit.size() == 0) {
            forget(edit.groupId());
        } else {
            memberships.put(edit.groupId(), membership);
            timers.set(edit.groupId(), membership.deadlineMs());
        }
        return null;
    }

    private GroupRecord.@Nullable GenerationStored becomeClassic(
            long nowMs, ConsumerGroupDraft edit, GroupDraft draft) {
        GroupRecord.GenerationStored classic =
                GroupMigration.toClassic(nowMs, edit, topics).orElse(null);
        if (classic != null) {
            draft.store(classic);
            forget(edit.groupId());
        }
        return classic;
    }

    /// Removes whom time has run out for.
    ///
    /// @return what the group is as a classic one, if it is one from now on
    GroupRecord.@Nullable GenerationStored expire(long nowMs, String groupId, GroupDraft draft) {
        ConsumerMembership membership = memberships.get(groupId);
        if (membership == null) {
            timers.clear(groupId);
            return null;
        }
        var edit = edit(groupId);
        List<ConsumerMember> expired = membership.expired(nowMs, edit);
        membership.remove(expired, topics, edit);
        return settle(nowMs, membership, edit, draft);
    }

    // ---- members that speak the classic protocol

    /// Decides on a join of a member that speaks the classic protocol.
    ///
    /// @return what the group is as a classic one, if it has to be one for this join: then it is to
    ///   be joined there
    GroupRecord.@Nullable GenerationStored join(
            long nowMs, long ticket, GroupCommand.Join join, GroupDraft draft) {
        var edit = edit(join.groupId());
        ConsumerMembership membership = membership(join.groupId());
        var members = new ClassicMembers(limits, membership, edit, topics);
        if (members.turnsClassic(join)) {
            GroupRecord.GenerationStored classic = becomeClassic(nowMs, edit, draft);
            if (classic != null) {
                return classic;
            }
            edit = edit(join.groupId());
            members = new ClassicMembers(limits, membership, edit, topics);
        }
        members.join(nowMs, ticket, join, draft);
        return settle(nowMs, membership, edit, draft);
    }

    void sync(long nowMs, long ticket, GroupCommand.Sync sync, GroupDraft draft) {
        String groupId = sync.claim().groupId();
        classic(groupId).sync(nowMs, ticket, sync, draft);
        timers.set(groupId, membership(groupId).deadlineMs());
    }

    void heartbeat(long nowMs, long ticket, GroupCommand.Claim claim, GroupDraft draft) {
        classic(claim.groupId()).heartbeat(nowMs, ticket, claim, draft);
        timers.set(claim.groupId(), membership(claim.groupId()).deadlineMs());
    }

    private ClassicMembers classic(String groupId) {
        return new ClassicMembers(limits, membership(groupId), edit(groupId), topics);
    }

    /// Lets members of either protocol leave.
    ///
    /// @return what the group is as a classic one, if it is one from now on
    GroupRecord.@Nullable GenerationStored leave(
            long nowMs, long ticket, GroupCommand.Leave leave, GroupDraft draft) {
        var edit = edit(leave.groupId());
        ConsumerMembership membership = membership(leave.groupId());
        new ClassicMembers(limits, membership, edit, topics).leave(ticket, leave, draft);
        return settle(nowMs, membership, edit, draft);
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
    static @Nullable ErrorCode refuseCommit(
            ConsumerGroup group, GroupCommand.Claim claim, List<GroupOffset> offsets) {
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
                        || offsets.stream()
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
    static @Nullable ErrorCode refuseFetch(ConsumerGroup group, GroupCommand.FetchOffsets fetch) {
        String memberId = fetch.memberId();
        if (memberId == null && fetch.memberEpoch() < 0) {
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
