package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Those members of a consumer group that still speak the classic protocol (KIP-848, "online
/// migration"). They get partitions by the same steps as the others: a join brings a member a step
/// on, its generation is its epoch, `SyncGroup` tells it what it was assigned, and
/// `REBALANCE_IN_PROGRESS` that there is another step to take. None of them is ever the leader.
final class ClassicMembers {
    private final ConsumerGroupLimits limits;
    private final ConsumerMembership membership;
    private final ConsumerGroupDraft group;
    private final GroupTopics topics;

    ClassicMembers(
            ConsumerGroupLimits limits,
            ConsumerMembership membership,
            ConsumerGroupDraft group,
            GroupTopics topics) {
        this.limits = limits;
        this.membership = membership;
        this.group = group;
        this.topics = topics;
    }

    // ---- joining

    void join(long nowMs, long ticket, GroupCommand.Join join, GroupDraft draft) {
        boolean unknown = join.memberId().isEmpty();
        String memberId = unknown ? freshId(join) : join.memberId();
        Optional<ConsumerProtocolCodec.Subscription> subscription =
                join.protocols().isEmpty()
                        ? Optional.empty()
                        : ConsumerProtocolCodec.subscription(
                                join.protocols().getFirst().metadata());
        var seat = new ConsumerSeat(limits, group);
        if (limits.migration() == ConsumerGroupLimits.Migration.DISABLED
                || subscription.isEmpty()
                || !isSupported(join, memberId)) {
            draft.refuse(ticket, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
            return;
        }
        ErrorCode refusal = seat.take(join, memberId);
        if (refusal != null) {
            draft.refuse(ticket, refusal);
            return;
        }
        if (unknown && join.instanceId() == null && join.options().requireKnownMemberId()) {
            draft.answer(ticket, new GroupReply.MemberIdRequired(memberId));
            return;
        }
        ConsumerMember after =
                membership.move(
                        nowMs,
                        seat.arrival(
                                said(join, memberId, subscription.get()),
                                GroupMigration.partitions(subscription.get().owned(), topics)),
                        topics,
                        group);
        membership.awaitSync(nowMs, after);
        draft.answer(
                ticket,
                new GroupReply.Joined(
                        after.epoch(),
                        GroupMigration.PROTOCOL_TYPE,
                        GroupMigration.protocolNames(after).getFirst(),
                        "",
                        false,
                        memberId,
                        List.of()));
    }

    private static String freshId(GroupCommand.Join join) {
        String instanceId = join.instanceId();
        String name = instanceId == null ? GroupLimits.memberName(join.clientId()) : instanceId;
        return name + "-" + join.freshMemberId();
    }

    /// Whether there is an assignor that all members of the classic protocol know, with this one.
    private boolean isSupported(GroupCommand.Join join, String memberId) {
        if (!join.protocolType().equals(GroupMigration.PROTOCOL_TYPE)) {
            return false;
        }
        var shared = new ArrayList<String>();
        join.protocols().forEach(protocol -> shared.add(protocol.name()));
        for (ConsumerMember member : group.members()) {
            boolean itself =
                    member.memberId().equals(memberId)
                            || (join.instanceId() != null
                                    && join.instanceId().equals(member.said().instanceId()));
            if (member.speaksClassic() && !itself) {
                shared.retainAll(GroupMigration.protocolNames(member));
            }
        }
        return !shared.isEmpty();
    }

    private static GroupRecord.SaidByMember said(
            GroupCommand.Join join,
            String memberId,
            ConsumerProtocolCodec.Subscription subscription) {
        return new GroupRecord.SaidByMember(
                memberId,
                join.instanceId(),
                subscription.rackId(),
                GroupLimits.memberName(join.clientId()),
                join.clientHost(),
                join.rebalanceTimeoutMs(),
                subscription.topics(),
                "",
                null,
                new GroupRecord.ClassicSide(
                        join.sessionTimeoutMs(),
                        // No name twice, as in a classic group.
                        GroupMember.joining(memberId, join).protocols));
    }

    /// A consumer group whose last member of the new protocol is a static one, which now joins in
    /// the classic protocol, is a classic group from then on. The member's place is kept, so that
    /// it finds it when it joins there.
    ///
    /// @return whether that is so; then the group is to become classic before anything else
    boolean turnsClassic(GroupCommand.Join join) {
        String instanceId = join.instanceId();
        ConsumerMember known = instanceId == null ? null : group.memberOf(instanceId);
        if (known == null || known.speaksClassic() || !join.memberId().isEmpty()) {
            return false;
        }
        boolean others =
                group.members().stream()
                        .allMatch(m -> m.memberId().equals(known.memberId()) || m.speaksClassic());
        Optional<ConsumerProtocolCodec.Subscription> subscription =
                join.protocols().isEmpty()
                        ? Optional.empty()
                        : ConsumerProtocolCodec.subscription(
                                join.protocols().getFirst().metadata());
        if (!others
                || subscription.isEmpty()
                || !limits.migration().downgrades()
                || !isSupported(join, known.memberId())) {
            return false;
        }
        group.put(known.saying(said(join, known.memberId(), subscription.get())));
        return true;
    }

    // ---- living

    void sync(long nowMs, long ticket, GroupCommand.Sync sync, GroupDraft draft) {
        ConsumerMember member = member(sync.claim(), ticket, draft);
        if (member == null) {
            return;
        }
        String type = sync.protocolType();
        String name = sync.protocolName();
        String ownName = GroupMigration.protocolNames(member).getFirst();
        if ((type != null && !type.equals(GroupMigration.PROTOCOL_TYPE))
                || (name != null && !name.equals(ownName))) {
            draft.refuse(ticket, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        } else if (group.targetEpoch() > member.epoch()
                && member.holding().step() != Holding.Step.REVOKING) {
            membership.awaitJoin(nowMs, member);
            draft.refuse(ticket, ErrorCode.REBALANCE_IN_PROGRESS);
        } else {
            membership.synced(member);
            membership.renew(nowMs, member);
            draft.answer(
                    ticket,
                    new GroupReply.Synced(
                            GroupMigration.PROTOCOL_TYPE,
                            ownName,
                            GroupMigration.assignment(member, topics)));
        }
    }

    void heartbeat(long nowMs, long ticket, GroupCommand.Claim claim, GroupDraft draft) {
        ConsumerMember member = member(claim, ticket, draft);
        if (member == null) {
            return;
        }
        membership.renew(nowMs, member);
        if (hasToJoin(member)) {
            membership.awaitJoin(nowMs, member);
            draft.refuse(ticket, ErrorCode.REBALANCE_IN_PROGRESS);
        } else {
            draft.answer(ticket, new GroupReply.Alive());
        }
    }

    private boolean hasToJoin(ConsumerMember member) {
        if (member.epoch() < group.targetEpoch()) {
            return true;
        }
        return switch (member.holding().step()) {
            case STABLE -> false;
            case REVOKING -> true;
            case WAITING ->
                    member.target().stream()
                            .filter(partition -> !member.holding().holds(partition))
                            .noneMatch(partition -> group.isBusy(partition, member.memberId()));
        };
    }

    /// The member that somebody claims to be, in its epoch; null when the ticket is answered with
    /// why not.
    private @Nullable ConsumerMember member(
            GroupCommand.Claim claim, long ticket, GroupDraft draft) {
        String instanceId = claim.instanceId();
        ConsumerMember member =
                instanceId == null ? group.member(claim.memberId()) : group.memberOf(instanceId);
        ErrorCode refusal = null;
        if (member == null) {
            refusal = ErrorCode.UNKNOWN_MEMBER_ID;
        } else if (!member.memberId().equals(claim.memberId())) {
            refusal = ErrorCode.FENCED_INSTANCE_ID;
        } else if (!member.speaksClassic()) {
            refusal = ErrorCode.UNKNOWN_MEMBER_ID;
        } else if (member.epoch() != claim.generation()) {
            refusal = ErrorCode.ILLEGAL_GENERATION;
        }
        if (refusal != null) {
            draft.refuse(ticket, refusal);
            return null;
        }
        return member;
    }

    // ---- leaving

    /// Members of either protocol that leave, or are told to.
    void leave(long ticket, GroupCommand.Leave leave, GroupDraft draft) {
        var gone = new ArrayList<ConsumerMember>();
        var results = new ArrayList<GroupReply.LeftMember>();
        for (GroupCommand.LeavingMember leaving : leave.members()) {
            String instanceId = leaving.instanceId();
            ConsumerMember member =
                    instanceId == null
                            ? group.member(leaving.memberId())
                            : group.memberOf(instanceId);
            ErrorCode error = null;
            if (member == null || gone.contains(member)) {
                error = ErrorCode.UNKNOWN_MEMBER_ID;
            } else if (instanceId != null
                    && !leaving.memberId().isEmpty()
                    && !leaving.memberId().equals(member.memberId())) {
                error = ErrorCode.FENCED_INSTANCE_ID;
            } else {
                gone.add(member);
            }
            results.add(new GroupReply.LeftMember(leaving.memberId(), instanceId, error));
        }
        membership.remove(gone, topics, group);
        draft.answer(ticket, new GroupReply.Left(List.copyOf(results)));
    }
}
