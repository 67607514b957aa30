package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// Where the sender of a heartbeat sits in its consumer group: its member as it was before, a new
/// one, or the place of the static member that it succeeds.
final class ConsumerSeat {
    private final ConsumerGroupLimits limits;
    private final ConsumerGroupDraft group;
    private @Nullable ConsumerMember before;
    private @Nullable String replaced;
    private boolean fresh;

    ConsumerSeat(ConsumerGroupLimits limits, ConsumerGroupDraft group) {
        this.limits = limits;
        this.group = group;
    }

    /// The member as it was before the heartbeat.
    ConsumerMember before() {
        if (before == null) {
            throw new IllegalStateException("a seat is taken before it is asked for");
        }
        return before;
    }

    /// The member as it has shown itself.
    ConsumerMembership.Arrival arrival(
            GroupRecord.SaidByMember said, @Nullable SortedSet<GroupPartition> owned) {
        return new ConsumerMembership.Arrival(before(), said, fresh, replaced, owned);
    }

    /// Finds the place of a member that joins in the classic protocol, or says why there is none.
    /// It is believed to be alive if it says so: there is no epoch in what it says.
    ///
    /// @param memberId the one that it shall have, if it has none yet
    @Nullable ErrorCode take(GroupCommand.Join join, String memberId) {
        if (group.size() >= limits.membersMax() && group.member(memberId) == null) {
            return ErrorCode.GROUP_MAX_SIZE_REACHED;
        }
        String instanceId = join.instanceId();
        ConsumerMember known =
                instanceId == null ? group.member(memberId) : group.memberOf(instanceId);
        if (known == null) {
            if (instanceId != null && !join.memberId().isEmpty()) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            begin(memberId);
            return null;
        }
        if (known.memberId().equals(memberId)) {
            before = known;
            return null;
        }
        if (!join.memberId().isEmpty()) {
            return ErrorCode.FENCED_INSTANCE_ID;
        }
        replaced = known.memberId();
        before = successor(known, memberId);
        return null;
    }

    /// Finds the place, or says why there is none.
    @Nullable ErrorCode take(GroupCommand.ConsumerHeartbeat beat) {
        String memberId =
                beat.memberId().isEmpty() ? beat.freshMemberId().toString() : beat.memberId();
        if (group.size() >= limits.membersMax() && group.member(memberId) == null) {
            return ErrorCode.GROUP_MAX_SIZE_REACHED;
        }
        String instanceId = beat.instanceId();
        return instanceId == null
                ? takeDynamic(beat, memberId)
                : takeStatic(beat, memberId, instanceId);
    }

    private @Nullable ErrorCode takeDynamic(GroupCommand.ConsumerHeartbeat beat, String memberId) {
        ConsumerMember known = group.member(memberId);
        if (known != null) {
            return continueAs(known, beat);
        }
        if (beat.memberEpoch() != Holding.JOINING) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        begin(memberId);
        return null;
    }

    private @Nullable ErrorCode takeStatic(
            GroupCommand.ConsumerHeartbeat beat, String memberId, String instanceId) {
        ConsumerMember known = group.memberOf(instanceId);
        if (beat.memberEpoch() != Holding.JOINING) {
            if (known == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            return known.memberId().equals(memberId)
                    ? continueAs(known, beat)
                    : ErrorCode.FENCED_INSTANCE_ID;
        }
        if (known == null) {
            begin(memberId);
            return null;
        }
        if (!known.speaksClassic() && known.epoch() != Holding.LEFT_FOR_A_WHILE) {
            return ErrorCode.UNRELEASED_INSTANCE_ID;
        }
        replaced = known.memberId();
        before = successor(known, memberId);
        return null;
    }

    private void begin(String memberId) {
        fresh = true;
        before =
                ConsumerMember.joining(
                        new GroupRecord.SaidByMember(
                                memberId, null, null, "", "", -1, List.of(), "", null, null));
    }

    private @Nullable ErrorCode continueAs(
            ConsumerMember known, GroupCommand.ConsumerHeartbeat beat) {
        before = known;
        return known.holding().accepts(beat.memberEpoch(), beat.owned())
                ? null
                : ErrorCode.FENCED_MEMBER_EPOCH;
    }

    /// The same member under another id, which has not been told anything yet.
    static ConsumerMember successor(ConsumerMember known, String memberId) {
        GroupRecord.SaidByMember said = known.said();
        Holding<GroupPartition> moved = known.holding().inEpoch(Holding.JOINING);
        return new ConsumerMember(
                new GroupRecord.SaidByMember(
                        memberId,
                        said.instanceId(),
                        said.rackId(),
                        said.clientId(),
                        said.clientHost(),
                        said.rebalanceTimeoutMs(),
                        said.topics(),
                        said.pattern(),
                        said.assignor(),
                        said.classic()),
                known.target(),
                new Holding<>(
                        Holding.JOINING,
                        Holding.JOINING,
                        Holding.Step.STABLE,
                        moved.assigned(),
                        moved.revoking()));
    }
}
