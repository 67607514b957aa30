package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The course of one group from generation to generation: whom a rebalance waits for, how long, and
/// who is told what when it ends. [GroupMembership] says when one begins.
///
/// ```
/// EMPTY -> PREPARING_REBALANCE -> COMPLETING_REBALANCE -> STABLE
///   ^            |    ^                    |                 |
///   +------------+    +--------------------+-----------------+
/// ```
final class GroupRebalance {
    final GroupRoster roster = new GroupRoster();

    private final String groupId;
    private final GroupLimits limits;

    private GroupPhase phase = GroupPhase.EMPTY;
    private int generation;
    private String protocolType = "";
    private @Nullable String protocolName;
    private @Nullable String leader;

    /// Ends PREPARING_REBALANCE.
    private long joinDeadlineMs = Long.MAX_VALUE;

    /// Ends the wait for members that have not asked for their assignment.
    private long syncDeadlineMs = Long.MAX_VALUE;

    /// No session and no promise of a place ends earlier. The earliest may end later, as a
    /// heartbeat does not look at all the others.
    private long firstEndMs = Long.MAX_VALUE;

    /// In the first rebalance of a group that was empty: it may be put off until then while members
    /// come (KIP-134).
    private long initialEndMs;

    private boolean initial;
    private boolean grewMeanwhile;

    GroupRebalance(String groupId, GroupLimits limits) {
        this.groupId = groupId;
        this.limits = limits;
    }

    /// Begins where a stored generation left off, with new sessions for everybody.
    void restore(long nowMs, GroupRecord.GenerationStored stored) {
        generation = stored.generation();
        protocolType = stored.protocolType();
        protocolName = stored.protocolName();
        leader = stored.leader();
        phase = stored.members().isEmpty() ? GroupPhase.EMPTY : GroupPhase.STABLE;
        for (GroupRecord.StoredMember member : stored.members()) {
            GroupMember restored = GroupMember.restored(member);
            renew(nowMs, restored);
            roster.add(restored);
        }
    }

    GroupPhase phase() {
        return phase;
    }

    int generation() {
        return generation;
    }

    String protocolType() {
        return protocolType;
    }

    @Nullable String protocolName() {
        return protocolName;
    }

    boolean isLeader(GroupMember member) {
        return member.memberId.equals(leader);
    }

    /// The member has shown that it lives.
    void renew(long nowMs, GroupMember member) {
        member.renew(nowMs);
        firstEndMs = Math.min(firstEndMs, nowMs + member.sessionTimeoutMs);
    }

    /// Keeps a place for a member that was told its id, until it joins with it.
    void promise(String memberId, long untilMs) {
        roster.pending().put(memberId, untilMs);
        firstEndMs = Math.min(firstEndMs, untilMs);
    }

    /// Adds a member whose join is yet to be parked.
    void add(long nowMs, GroupMember member, String type) {
        if (roster.isEmpty()) {
            protocolType = type;
        }
        roster.add(member);
        member.fresh = true;
        member.keepFor(nowMs, limits.newMemberJoinTimeoutMs());
        firstEndMs = Math.min(firstEndMs, member.expiresAtMs());
        if (leader == null) {
            leader = member.memberId;
        }
        grewMeanwhile |= initial;
    }

    void park(GroupMember member, long ticket, GroupDraft draft) {
        Long before = roster.parkJoin(member, ticket);
        if (before != null) {
            // Kafka forgets the older request. Here it is told to do what its sender just did.
            draft.refuse(before, ErrorCode.REBALANCE_IN_PROGRESS);
        }
    }

    /// Removes a member and tells whatever it has parked why. What follows for the group is up to
    /// the caller, who may have more to remove.
    void remove(GroupMember member, ErrorCode why, GroupDraft draft) {
        answer(roster.unparkJoin(member), new GroupReply.Refused(why), draft);
        answer(member.unparkSync(), new GroupReply.Refused(why), draft);
        roster.remove(member);
        if (isLeader(member)) {
            leader = roster.isEmpty() ? null : roster.members().iterator().next().memberId;
        }
    }

    /// A static member is back under a new id: it gets the seat, the one before it is fenced.
    void replace(long nowMs, GroupMember before, GroupMember after, GroupDraft draft) {
        boolean wasLeader = isLeader(before);
        remove(before, ErrorCode.FENCED_INSTANCE_ID, draft);
        after.assignment = before.assignment;
        after.syncDue = before.syncDue;
        renew(nowMs, after);
        roster.add(after);
        if (wasLeader || leader == null) {
            leader = after.memberId;
        }
    }

    /// Begins a rebalance, or, if one is on its way, ends it if nobody is missing any more.
    void rebalance(long nowMs, GroupDraft draft) {
        if (phase == GroupPhase.PREPARING_REBALANCE) {
            if (roster.isEmpty() || (!initial && roster.allJoined())) {
                complete(nowMs, draft);
            }
            return;
        }
        for (GroupMember member : roster.members()) {
            member.syncDue = false;
            Long ticket = member.unparkSync();
            if (ticket != null) {
                draft.refuse(ticket, ErrorCode.REBALANCE_IN_PROGRESS);
                renew(nowMs, member);
            }
        }
        syncDeadlineMs = Long.MAX_VALUE;
        initial = phase == GroupPhase.EMPTY;
        phase = GroupPhase.PREPARING_REBALANCE;
        if (initial) {
            grewMeanwhile = false;
            joinDeadlineMs = nowMs + limits.initialRebalanceDelayMs();
            initialEndMs = Math.max(joinDeadlineMs, nowMs + roster.rebalanceTimeoutMaxMs());
        } else {
            joinDeadlineMs = nowMs + roster.rebalanceTimeoutMaxMs();
        }
        if (roster.isEmpty() || (initial ? joinDeadlineMs <= nowMs : roster.allJoined())) {
            complete(nowMs, draft);
        }
    }

    /// What is due by now, other than the ends of sessions.
    void expire(long nowMs, GroupDraft draft) {
        if (joinDeadlineMs <= nowMs) {
            if (initial && grewMeanwhile && nowMs < initialEndMs) {
                grewMeanwhile = false;
                joinDeadlineMs = Math.min(nowMs + limits.initialRebalanceDelayMs(), initialEndMs);
            } else {
                complete(nowMs, draft);
            }
        }
        if (syncDeadlineMs <= nowMs) {
            syncDeadlineMs = Long.MAX_VALUE;
            List<GroupMember> silent =
                    roster.members().stream().filter(member -> member.syncDue).toList();
            if (!silent.isEmpty()) {
                silent.forEach(member -> remove(member, ErrorCode.UNKNOWN_MEMBER_ID, draft));
                rebalance(nowMs, draft);
            }
        }
        firstEndMs = earliestEndMs();
    }

    /// The earliest time at which something may end; `Long.MAX_VALUE` when nothing can.
    long deadlineMs() {
        return Math.min(firstEndMs, Math.min(joinDeadlineMs, syncDeadlineMs));
    }

    private long earliestEndMs() {
        long earliest = Long.MAX_VALUE;
        for (GroupMember member : roster.members()) {
            earliest = Math.min(earliest, member.expiresAtMs());
        }
        for (long endsMs : roster.pending().values()) {
            earliest = Math.min(earliest, endsMs);
        }
        return earliest;
    }

    /// Ends PREPARING_REBALANCE: the members that are here make the next generation. Dynamic
    /// members that are not lose their place. A static one keeps it, as it is made for being away
    /// longer than a rebalance (KIP-345): until its session ends, or it has not come for its
    /// assignment either.
    private void complete(long nowMs, GroupDraft draft) {
        joinDeadlineMs = Long.MAX_VALUE;
        for (GroupMember missing : roster.missing()) {
            if (!missing.isStatic()) {
                remove(missing, ErrorCode.UNKNOWN_MEMBER_ID, draft);
            }
        }
        if (roster.isEmpty()) {
            becomeEmpty(nowMs, draft);
        } else if (roster.joiningCount() == 0) {
            // Only static members, and none has come: their sessions decide.
            int waitMs = Math.max(limits.sessionTimeoutMinMs(), roster.rebalanceTimeoutMaxMs());
            joinDeadlineMs = nowMs + waitMs;
        } else {
            announce(nowMs, draft);
        }
    }

    private void becomeEmpty(long nowMs, GroupDraft draft) {
        initial = false;
        nextGeneration();
        phase = GroupPhase.EMPTY;
        protocolName = null;
        leader = null;
        draft.store(stored(nowMs));
    }

    private void announce(long nowMs, GroupDraft draft) {
        initial = false;
        nextGeneration();
        phase = GroupPhase.COMPLETING_REBALANCE;
        protocolName = roster.choose();
        electLeader();
        syncDeadlineMs = nowMs + roster.rebalanceTimeoutMaxMs();
        for (GroupMember member : roster.members()) {
            member.syncDue = true;
            Long ticket = roster.unparkJoin(member);
            if (ticket != null) {
                member.fresh = false;
                renew(nowMs, member);
                draft.answer(ticket, joined(member));
            }
        }
    }

    /// The leader stays, unless it has not come.
    private void electLeader() {
        GroupMember present = leader == null ? null : roster.member(leader);
        if (present == null || !present.isJoining()) {
            leader =
                    roster.members().stream()
                            .filter(GroupMember::isJoining)
                            .findFirst()
                            .orElseThrow()
                            .memberId;
        }
    }

    private void nextGeneration() {
        generation = generation == Integer.MAX_VALUE ? 1 : generation + 1;
    }

    /// The present generation, for one of its members.
    GroupReply.Joined joined(GroupMember member) {
        return joined(member, isLeader(member), false);
    }

    GroupReply.Joined joined(GroupMember member, boolean withMembers, boolean skipAssignment) {
        List<GroupReply.JoinedMember> members = new ArrayList<>();
        if (withMembers) {
            for (GroupMember each : roster.members()) {
                members.add(
                        new GroupReply.JoinedMember(
                                each.memberId, each.instanceId, each.metadata(protocolName)));
            }
        }
        return new GroupReply.Joined(
                generation,
                protocolType,
                orEmpty(protocolName),
                orEmpty(leader),
                skipAssignment,
                member.memberId,
                List.copyOf(members));
    }

    GroupReply.Synced synced(GroupMember member) {
        return new GroupReply.Synced(protocolType, orEmpty(protocolName), member.assignment);
    }

    /// The leader has spoken: the generation is stored and everybody who waits is answered.
    void assign(long nowMs, Map<String, GroupBytes> assignments, GroupDraft draft) {
        phase = GroupPhase.STABLE;
        for (GroupMember member : roster.members()) {
            member.assignment = assignments.getOrDefault(member.memberId, GroupBytes.EMPTY);
            Long ticket = member.unparkSync();
            if (ticket != null) {
                renew(nowMs, member);
                draft.answer(ticket, synced(member));
            }
        }
        draft.store(stored(nowMs));
    }

    GroupRecord.GenerationStored stored(long nowMs) {
        return new GroupRecord.GenerationStored(
                groupId,
                generation,
                protocolType,
                protocolName,
                leader,
                nowMs,
                roster.members().stream().map(GroupMember::stored).toList());
    }

    private static void answer(@Nullable Long ticket, GroupReply reply, GroupDraft draft) {
        if (ticket != null) {
            draft.answer(ticket, reply);
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
