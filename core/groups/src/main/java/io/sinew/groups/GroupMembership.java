package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One group that has members, or has promised somebody a place: the volatile half of
/// [GroupsState], what its members ask for and when their sessions end. [GroupRebalance] is the
/// course of its generations.
final class GroupMembership {
    private static final String CONSUMER_PROTOCOL_TYPE = "consumer";

    private final String groupId;
    private final GroupLimits limits;
    private final GroupRebalance rebalance;
    private final GroupRoster roster;

    private GroupMembership(String groupId, GroupLimits limits) {
        this.groupId = groupId;
        this.limits = limits;
        this.rebalance = new GroupRebalance(groupId, limits);
        this.roster = rebalance.roster;
    }

    /// A group as it was stored, or a new one where nothing is. Sessions begin now.
    static GroupMembership restored(
            long nowMs,
            String groupId,
            GroupLimits limits,
            GroupRecord.@Nullable GenerationStored stored) {
        var membership = new GroupMembership(groupId, limits);
        if (stored != null) {
            membership.rebalance.restore(nowMs, stored);
        }
        return membership;
    }

    /// Nothing to remember that is not stored.
    boolean isIdle() {
        return isEmpty() && roster.pending().isEmpty();
    }

    boolean isEmpty() {
        return rebalance.phase() == GroupPhase.EMPTY;
    }

    /// The group as it would be stored now.
    GroupRecord.GenerationStored stored(long nowMs) {
        return rebalance.stored(nowMs);
    }

    /// Asks everybody to join again.
    void askAgain(long nowMs, GroupDraft draft) {
        rebalance.rebalance(nowMs, draft);
    }

    /// Tells everybody who waits to join again, for this is a classic group no more.
    void dissolve(GroupDraft draft) {
        for (GroupMember member : roster.members()) {
            Long join = roster.unparkJoin(member);
            if (join != null) {
                draft.refuse(join, ErrorCode.REBALANCE_IN_PROGRESS);
            }
            Long sync = member.unparkSync();
            if (sync != null) {
                draft.refuse(sync, ErrorCode.REBALANCE_IN_PROGRESS);
            }
        }
    }

    /// When [#expire] wants to be called; perhaps too early, never too late.
    long deadlineMs() {
        return rebalance.deadlineMs();
    }

    /// Removes whom time has run out for, and ends waits that are over.
    void expire(long nowMs, GroupDraft draft) {
        List<GroupMember> dead =
                roster.members().stream().filter(m -> m.expiresAtMs() <= nowMs).toList();
        dead.forEach(member -> rebalance.remove(member, ErrorCode.UNKNOWN_MEMBER_ID, draft));
        boolean lapsed = roster.pending().values().removeIf(endsMs -> endsMs <= nowMs);
        afterLoss(nowMs, !dead.isEmpty(), lapsed, draft);
        rebalance.expire(nowMs, draft);
    }

    /// Members that are gone need a rebalance; promises that are gone can only end one.
    private void afterLoss(long nowMs, boolean members, boolean promises, GroupDraft draft) {
        boolean preparing = rebalance.phase() == GroupPhase.PREPARING_REBALANCE;
        if (members || (promises && preparing)) {
            rebalance.rebalance(nowMs, draft);
        }
    }

    void join(long nowMs, long ticket, GroupCommand.Join join, GroupDraft draft) {
        GroupMember known = roster.member(join.memberId());
        GroupMember seat = join.memberId().isEmpty() ? roster.memberOf(join.instanceId()) : known;
        if (!hasRoomFor(join, seat)) {
            draft.refuse(ticket, ErrorCode.GROUP_MAX_SIZE_REACHED);
            turnAway(nowMs, join.memberId(), seat, draft);
        } else if (!supports(join, seat)) {
            draft.refuse(ticket, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        } else if (join.memberId().isEmpty()) {
            joinUnknown(nowMs, ticket, join, seat, draft);
        } else if (join.instanceId() == null && roster.pending().remove(join.memberId()) != null) {
            add(nowMs, ticket, join.memberId(), join, draft);
        } else {
            joinKnown(nowMs, ticket, join, known, draft);
        }
    }

    /// While members are joining, those who come first get the places.
    private boolean hasRoomFor(GroupCommand.Join join, @Nullable GroupMember seat) {
        boolean promise = join.memberId().isEmpty() && join.instanceId() == null;
        if (promise && roster.pending().size() >= limits.membersMax()) {
            return false;
        }
        return switch (rebalance.phase()) {
            case EMPTY, DEAD -> true;
            case PREPARING_REBALANCE ->
                    (seat != null && seat.isJoining())
                            || roster.joiningCount() < limits.membersMax();
            case COMPLETING_REBALANCE, STABLE, ASSIGNING, RECONCILING, NOT_READY ->
                    seat != null || roster.size() < limits.membersMax();
        };
    }

    private void turnAway(
            long nowMs, String memberId, @Nullable GroupMember seat, GroupDraft draft) {
        boolean lapsed = roster.pending().remove(memberId) != null;
        boolean leaves = seat != null && seat.memberId.equals(memberId);
        if (leaves && seat != null) {
            rebalance.remove(seat, ErrorCode.GROUP_MAX_SIZE_REACHED, draft);
        }
        afterLoss(nowMs, leaves, lapsed, draft);
    }

    private boolean supports(GroupCommand.Join join, @Nullable GroupMember seat) {
        if (isEmpty()) {
            return !join.protocolType().isEmpty() && !join.protocols().isEmpty();
        }
        return rebalance.protocolType().equals(join.protocolType())
                && roster.supports(join.protocols(), seat);
    }

    private void joinUnknown(
            long nowMs,
            long ticket,
            GroupCommand.Join join,
            @Nullable GroupMember seat,
            GroupDraft draft) {
        String instanceId = join.instanceId();
        String name = instanceId == null ? GroupLimits.memberName(join.clientId()) : instanceId;
        String memberId = name + "-" + join.freshMemberId();
        if (seat != null) {
            takeSeat(nowMs, ticket, GroupMember.joining(memberId, join), seat, join, draft);
        } else if (join.instanceId() == null && join.options().requireKnownMemberId()) {
            rebalance.promise(memberId, nowMs + join.sessionTimeoutMs());
            draft.answer(ticket, new GroupReply.MemberIdRequired(memberId));
        } else {
            add(nowMs, ticket, memberId, join, draft);
        }
    }

    private void add(
            long nowMs, long ticket, String memberId, GroupCommand.Join join, GroupDraft draft) {
        GroupMember member = GroupMember.joining(memberId, join);
        rebalance.add(nowMs, member, join.protocolType());
        rebalance.park(member, ticket, draft);
        rebalance.rebalance(nowMs, draft);
    }

    /// A static member came back without its id. As long as the choice of protocol stands so does
    /// its assignment, and nobody else notices.
    private void takeSeat(
            long nowMs,
            long ticket,
            GroupMember after,
            GroupMember before,
            GroupCommand.Join join,
            GroupDraft draft) {
        String leaderBefore = rebalance.isLeader(before) ? before.memberId : null;
        rebalance.replace(nowMs, before, after, draft);
        boolean stands =
                rebalance.phase() == GroupPhase.STABLE
                        && roster.choose().equals(rebalance.protocolName());
        if (!stands) {
            rebalance.park(after, ticket, draft);
            rebalance.rebalance(nowMs, draft);
            return;
        }
        draft.store(rebalance.stored(nowMs));
        if (leaderBefore == null || join.options().canSkipAssignment()) {
            boolean leads = leaderBefore != null;
            draft.answer(ticket, rebalance.joined(after, leads, leads));
        } else {
            // It must not assign, and can't be told so: it is told that somebody else leads.
            GroupReply.Joined joined = rebalance.joined(after, false, false);
            draft.answer(
                    ticket,
                    new GroupReply.Joined(
                            joined.generation(),
                            joined.protocolType(),
                            joined.protocolName(),
                            leaderBefore,
                            false,
                            joined.memberId(),
                            List.of()));
        }
    }

    private void joinKnown(
            long nowMs,
            long ticket,
            GroupCommand.Join join,
            @Nullable GroupMember member,
            GroupDraft draft) {
        ErrorCode error = refusal(join.memberId(), join.instanceId());
        if (error != null || member == null) {
            draft.refuse(ticket, error == null ? ErrorCode.UNKNOWN_MEMBER_ID : error);
            return;
        }
        boolean same = member.protocols.equals(GroupMember.joining("", join).protocols);
        boolean nothingNew =
                switch (rebalance.phase()) {
                    case EMPTY, DEAD, PREPARING_REBALANCE, ASSIGNING, RECONCILING, NOT_READY ->
                            false;
                    // It may not have got the answer to its first join.
                    case COMPLETING_REBALANCE -> same;
                    // A leader asks for a rebalance by joining again.
                    case STABLE -> same && !rebalance.isLeader(member);
                };
        if (nothingNew) {
            rebalance.renew(nowMs, member);
            draft.answer(ticket, rebalance.joined(member));
        } else {
            roster.update(member, join);
            rebalance.park(member, ticket, draft);
            rebalance.rebalance(nowMs, draft);
        }
    }

    void sync(long nowMs, long ticket, GroupCommand.Sync sync, GroupDraft draft) {
        GroupCommand.Claim claim = sync.claim();
        GroupMember member = roster.member(claim.memberId());
        ErrorCode error = refusal(claim);
        if (error == null
                && (contradicts(sync.protocolType(), rebalance.protocolType())
                        || contradicts(sync.protocolName(), rebalance.protocolName()))) {
            error = ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
        }
        if (error == null && rebalance.phase() == GroupPhase.PREPARING_REBALANCE) {
            error = ErrorCode.REBALANCE_IN_PROGRESS;
        }
        if (error != null || member == null) {
            draft.refuse(ticket, error == null ? ErrorCode.UNKNOWN_MEMBER_ID : error);
            return;
        }
        member.syncDue = false;
        rebalance.renew(nowMs, member);
        if (rebalance.phase() == GroupPhase.STABLE) {
            draft.answer(ticket, rebalance.synced(member));
            return;
        }
        Long before = member.parkSync(ticket);
        if (before != null) {
            draft.refuse(before, ErrorCode.REBALANCE_IN_PROGRESS);
        }
        if (rebalance.isLeader(member)) {
            rebalance.assign(nowMs, sync.assignments(), draft);
        }
    }

    private static boolean contradicts(@Nullable String said, @Nullable String known) {
        return said != null && known != null && !said.equals(known);
    }

    void heartbeat(long nowMs, long ticket, GroupCommand.Claim claim, GroupDraft draft) {
        GroupMember member = roster.member(claim.memberId());
        ErrorCode error = refusal(claim);
        if (error != null || member == null) {
            draft.refuse(ticket, error == null ? ErrorCode.UNKNOWN_MEMBER_ID : error);
            return;
        }
        rebalance.renew(nowMs, member);
        if (rebalance.phase() == GroupPhase.PREPARING_REBALANCE) {
            draft.refuse(ticket, ErrorCode.REBALANCE_IN_PROGRESS);
        } else {
            draft.answer(ticket, new GroupReply.Alive());
        }
    }

    void leave(long nowMs, long ticket, GroupCommand.Leave leave, GroupDraft draft) {
        var left = new ArrayList<GroupReply.LeftMember>();
        boolean members = false;
        boolean promises = false;
        for (GroupCommand.LeavingMember leaving : leave.members()) {
            ErrorCode error = null;
            if (roster.pending().remove(leaving.memberId()) != null) {
                promises = true;
            } else {
                GroupMember member =
                        leaving.memberId().isEmpty()
                                ? roster.memberOf(leaving.instanceId())
                                : roster.member(leaving.memberId());
                error =
                        leaving.memberId().isEmpty()
                                ? null
                                : refusal(leaving.memberId(), leaving.instanceId());
                if (member == null && error == null) {
                    error = ErrorCode.UNKNOWN_MEMBER_ID;
                }
                if (member != null && error == null) {
                    rebalance.remove(member, ErrorCode.UNKNOWN_MEMBER_ID, draft);
                    members = true;
                }
            }
            left.add(new GroupReply.LeftMember(leaving.memberId(), leaving.instanceId(), error));
        }
        draft.answer(ticket, new GroupReply.Left(List.copyOf(left)));
        afterLoss(nowMs, members, promises, draft);
    }

    /// Whether who claims this may commit offsets; it is alive if it may.
    @Nullable ErrorCode refuseCommit(long nowMs, GroupCommand.Claim claim) {
        ErrorCode error = refuseCommitLater(claim);
        if (error != null) {
            return error;
        }
        if (rebalance.phase() == GroupPhase.COMPLETING_REBALANCE) {
            // It has its generation but not yet its assignment: what it commits is not its own.
            return ErrorCode.REBALANCE_IN_PROGRESS;
        }
        GroupMember member = roster.member(claim.memberId());
        if (member != null) {
            rebalance.renew(nowMs, member);
        }
        return null;
    }

    /// Whether who claims this may commit offsets by a transaction. It may while its generation's
    /// assignments are not yet told, as in Kafka: its producer takes any other error for the end.
    @Nullable ErrorCode refuseCommitLater(GroupCommand.Claim claim) {
        return claim.generation() < 0 && isEmpty() ? null : refusal(claim);
    }

    private @Nullable ErrorCode refusal(GroupCommand.Claim claim) {
        ErrorCode error = refusal(claim.memberId(), claim.instanceId());
        GroupMember member = roster.member(claim.memberId());
        if (error != null || member == null) {
            return error == null ? ErrorCode.UNKNOWN_MEMBER_ID : error;
        }
        boolean belongs = !member.fresh && claim.generation() == rebalance.generation();
        return belongs ? null : ErrorCode.ILLEGAL_GENERATION;
    }

    /// Null for a member under its present id.
    private @Nullable ErrorCode refusal(String memberId, @Nullable String instanceId) {
        GroupMember seat = roster.memberOf(instanceId);
        if (seat != null && !seat.memberId.equals(memberId)) {
            return ErrorCode.FENCED_INSTANCE_ID;
        }
        boolean known = instanceId == null ? roster.member(memberId) != null : seat != null;
        return known ? null : ErrorCode.UNKNOWN_MEMBER_ID;
    }

    boolean speaksConsumerProtocol() {
        return rebalance.protocolType().equals(CONSUMER_PROTOCOL_TYPE);
    }

    /// The topics that the members subscribe to, none in an empty group; empty when what a member
    /// says can't be read.
    Optional<Set<String>> subscribedTopics() {
        var all = new HashSet<String>();
        for (GroupMember member : roster.members()) {
            for (GroupCommand.Protocol protocol : member.protocols) {
                Optional<Set<String>> topics = GroupSubscription.topics(protocol.metadata());
                if (topics.isEmpty()) {
                    return Optional.empty();
                }
                all.addAll(topics.get());
            }
        }
        return Optional.of(all);
    }

    GroupReply.ListedGroup listed() {
        return new GroupReply.ListedGroup(groupId, rebalance.protocolType(), rebalance.phase());
    }

    GroupReply.DescribedGroup described() {
        boolean stable = rebalance.phase() == GroupPhase.STABLE;
        String protocolName = stable ? rebalance.protocolName() : null;
        List<GroupReply.DescribedMember> members = new ArrayList<>();
        for (GroupMember member : roster.members()) {
            members.add(
                    new GroupReply.DescribedMember(
                            member.memberId,
                            member.instanceId,
                            member.clientId,
                            member.clientHost,
                            member.metadata(protocolName),
                            stable ? member.assignment : GroupBytes.EMPTY));
        }
        return new GroupReply.DescribedGroup(
                groupId,
                rebalance.phase(),
                rebalance.protocolType(),
                protocolName == null ? "" : protocolName,
                List.copyOf(members));
    }
}
