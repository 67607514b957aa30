package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a crash may forget of one consumer group, and what its members are told: the volatile half
/// of a [ConsumerGroup].
final class ConsumerMembership {
    private final ConsumerGroupLimits limits;
    private final SubscribedTopics subscribed = new SubscribedTopics();
    private final MemberTimers timers = new MemberTimers();

    /// The version of the topics that the group's epoch takes account of, as far as is known.
    private long countedVersion = Long.MIN_VALUE;

    /// Null as long as it isn't known: the next one need not wait.
    private @Nullable Long assignedAtMs;

    ConsumerMembership(ConsumerGroupLimits limits) {
        this.limits = limits;
    }

    /// Lets the members of a stored group begin anew.
    static ConsumerMembership restored(
            long nowMs, ConsumerGroupLimits limits, Collection<ConsumerMember> members) {
        var membership = new ConsumerMembership(limits);
        for (ConsumerMember member : members) {
            membership.renew(nowMs, member);
            membership.watchRevocation(nowMs, member);
        }
        return membership;
    }

    /// When [#expired] wants to be called; perhaps too early, never too late.
    long deadlineMs() {
        return timers.firstEndMs();
    }

    // ---- heartbeats

    /// Decides on a heartbeat of a member that stays or comes.
    ///
    /// @return whether it was taken; if not, nothing has changed
    boolean heartbeat(
            long nowMs,
            GroupCommand.ConsumerHeartbeat beat,
            GroupTopics topics,
            ConsumerGroupDraft group,
            GroupDraft draft,
            long ticket) {
        var seat = new ConsumerSeat(limits, group);
        ErrorCode refusal = seat.take(beat);
        if (refusal != null) {
            draft.refuse(ticket, refusal);
            return false;
        }
        ConsumerMember before = seat.before();
        GroupRecord.SaidByMember said = beat.appliedTo(before.said());
        if (!isAllowed(said, before, group)) {
            draft.refuse(ticket, ErrorCode.INVALID_REGULAR_EXPRESSION);
            return false;
        }
        ConsumerMember after = move(nowMs, seat.arrival(said, beat.owned()), topics, group);
        boolean tell =
                beat.memberEpoch() == Holding.JOINING
                        || beat.isFull()
                        || !after.holding().assigned().equals(before.holding().assigned());
        draft.answer(
                ticket,
                new GroupReply.ConsumerBeat(
                        after.memberId(),
                        after.epoch(),
                        limits.heartbeatIntervalMs(),
                        tell ? new TreeSet<>(after.holding().assigned().keySet()) : null));
        return true;
    }

    /// A member that has shown itself.
    ///
    /// @param before as it was; of one that is new, as if it had said nothing
    /// @param said all that it has said by now
    /// @param fresh it was not in the group
    /// @param replaced the id under which it was in the group, null when that is the same
    /// @param owned what it says it works on; null when it does not say
    record Arrival(
            ConsumerMember before,
            GroupRecord.SaidByMember said,
            boolean fresh,
            @Nullable String replaced,
            @Nullable SortedSet<GroupPartition> owned) {

        /// It subscribes to something else than before.
        boolean wantsOther() {
            return !said.topics().equals(before.said().topics())
                    || !said.pattern().equals(before.said().pattern());
        }
    }

    /// Takes in what a member says, and brings it as near to its target as it can come now.
    ConsumerMember move(long nowMs, Arrival arrival, GroupTopics topics, ConsumerGroupDraft group) {
        String replaced = arrival.replaced();
        if (replaced != null) {
            group.remove(replaced);
            timers.forget(replaced);
        }
        group.put(arrival.before().saying(arrival.said()));
        boolean wantsOther = arrival.wantsOther();
        count(topics, wantsOther || arrival.fresh(), group);
        assignIfDue(nowMs, group);
        String memberId = arrival.said().memberId();
        ConsumerMember after = reconcile(memberId, wantsOther, arrival.owned(), group);
        renew(nowMs, after);
        watchRevocation(nowMs, after);
        if (!after.speaksClassic()) {
            timers.needsNeither(memberId);
        }
        return after;
    }

    /// Whether a new pattern is one, and not one too many.
    private static boolean isAllowed(
            GroupRecord.SaidByMember said, ConsumerMember before, ConsumerGroupDraft group) {
        String pattern = said.pattern();
        if (pattern.isEmpty() || pattern.equals(before.said().pattern())) {
            return true;
        }
        if (!SubscribedTopics.isPattern(pattern)) {
            return false;
        }
        var patterns = patterns(group);
        return patterns.contains(pattern) || patterns.size() < ConsumerGroupLimits.PATTERNS_MAX;
    }

    private static Set<String> patterns(ConsumerGroupDraft group) {
        var patterns = new HashSet<String>();
        group.members().forEach(member -> patterns.add(member.said().pattern()));
        patterns.remove("");
        return patterns;
    }

    /// Begins the next epoch if anything has changed that targets depend on.
    private void count(GroupTopics topics, boolean changed, ConsumerGroupDraft group) {
        if (!changed && topics.version() == countedVersion) {
            return;
        }
        countedVersion = topics.version();
        subscribed.see(topics);
        subscribed.retain(patterns(group));
        long hash = subscribed.hash(group.members());
        if (changed || hash != group.topicsHash()) {
            group.nextEpoch(hash);
        }
    }

    /// Computes the targets for the present epoch, unless the last ones are too recent.
    private void assignIfDue(long nowMs, ConsumerGroupDraft group) {
        boolean recent =
                assignedAtMs != null && nowMs < assignedAtMs + limits.assignmentIntervalMs();
        if (group.targetEpoch() == group.epoch() || recent) {
            return;
        }
        var subscribers = new ArrayList<PartitionAssignor.Subscriber>();
        for (ConsumerMember member : group.members()) {
            subscribers.add(
                    new PartitionAssignor.Subscriber(
                            member.memberId(),
                            member.said().instanceId(),
                            subscribed.of(member.said()),
                            member.target()));
        }
        group.assign(
                PartitionAssignor.named(assignorOf(group.members()))
                        .orElseThrow()
                        .assign(subscribers));
        assignedAtMs = nowMs;
    }

    /// The name of the assignor that most members want who want one.
    String assignorOf(Collection<ConsumerMember> members) {
        var votes = new HashMap<String, Integer>();
        for (ConsumerMember member : members) {
            String wanted = member.said().assignor();
            if (wanted != null) {
                votes.merge(wanted, 1, Integer::sum);
            }
        }
        String most = limits.assignors().getFirst();
        for (String name : limits.assignors()) {
            if (votes.getOrDefault(name, 0) > votes.getOrDefault(most, 0)) {
                most = name;
            }
        }
        return most;
    }

    private ConsumerMember reconcile(
            String memberId,
            boolean wantsOther,
            @Nullable SortedSet<GroupPartition> owned,
            ConsumerGroupDraft group) {
        ConsumerMember member = group.member(memberId);
        if (member == null) {
            throw new IllegalStateException("a member that beats is in its group");
        }
        if (!wantsOther && member.holding().isReconciledTo(group.targetEpoch())) {
            return member;
        }
        var ids = subscribed.idsOf(member.said());
        var target = new TreeSet<>(member.target());
        target.removeIf(partition -> !ids.contains(partition.topicId()));
        Holding<GroupPartition> next =
                new Reconciliation<>(
                                group.targetEpoch(),
                                target,
                                owned,
                                partition -> ids.contains(partition.topicId()),
                                partition -> group.isBusy(partition, memberId))
                        .next(member.holding(), wantsOther);
        ConsumerMember after = member.holding(next);
        if (!next.equals(member.holding())) {
            group.put(after);
        }
        return after;
    }

    // ---- leaving

    /// Decides on a heartbeat of a member that goes.
    void leave(
            GroupCommand.ConsumerHeartbeat beat,
            GroupTopics topics,
            ConsumerGroupDraft group,
            GroupDraft draft,
            long ticket) {
        String instanceId = beat.instanceId();
        ConsumerMember member =
                instanceId == null ? group.member(beat.memberId()) : group.memberOf(instanceId);
        if (member == null) {
            draft.refuse(ticket, ErrorCode.UNKNOWN_MEMBER_ID);
            return;
        }
        if (!member.memberId().equals(beat.memberId())) {
            draft.refuse(ticket, ErrorCode.FENCED_INSTANCE_ID);
            return;
        }
        if (instanceId != null && beat.memberEpoch() == Holding.LEFT_FOR_A_WHILE) {
            group.put(member.holding(member.holding().inEpoch(Holding.LEFT_FOR_A_WHILE)));
            timers.revoked(member.memberId());
        } else {
            remove(List.of(member), topics, group);
        }
        draft.answer(
                ticket,
                new GroupReply.ConsumerBeat(member.memberId(), beat.memberEpoch(), 0, null));
    }

    /// Takes members out of the group; what they held is for the next assignment.
    void remove(List<ConsumerMember> gone, GroupTopics topics, ConsumerGroupDraft group) {
        if (gone.isEmpty()) {
            return;
        }
        for (ConsumerMember member : gone) {
            group.remove(member.memberId());
            timers.forget(member.memberId());
        }
        count(topics, true, group);
    }

    // ---- time

    /// Whom time has run out for.
    List<ConsumerMember> expired(long nowMs, ConsumerGroupDraft group) {
        List<String> memberIds = group.members().stream().map(ConsumerMember::memberId).toList();
        var expired = new ArrayList<ConsumerMember>();
        for (String memberId : timers.expired(nowMs, memberIds)) {
            ConsumerMember member = group.member(memberId);
            if (member != null) {
                expired.add(member);
            }
        }
        return expired;
    }

    /// The member has shown that it lives.
    void renew(long nowMs, ConsumerMember member) {
        GroupRecord.ClassicSide classic = member.said().classic();
        timers.renew(
                nowMs,
                member.memberId(),
                classic == null ? limits.sessionTimeoutMs() : classic.sessionTimeoutMs());
    }

    /// A member has its rebalance time-out for giving up what it has to. One that speaks the
    /// classic protocol has it for joining again.
    private void watchRevocation(long nowMs, ConsumerMember member) {
        if (member.holding().step() != Holding.Step.REVOKING || member.speaksClassic()) {
            timers.revoked(member.memberId());
        } else {
            timers.awaitRevocation(
                    nowMs, member.memberId(), member.epoch(), member.said().rebalanceTimeoutMs());
        }
    }

    /// A member that speaks the classic protocol is told to join again.
    void awaitJoin(long nowMs, ConsumerMember member) {
        timers.awaitJoin(nowMs, member.memberId(), member.said().rebalanceTimeoutMs());
    }

    /// It has joined, and is to ask for what it was assigned.
    void awaitSync(long nowMs, ConsumerMember member) {
        timers.awaitSync(nowMs, member.memberId(), member.said().rebalanceTimeoutMs());
    }

    void synced(ConsumerMember member) {
        timers.synced(member.memberId());
    }

    /// The ids of the topics that anybody subscribes to.
    Set<UUID> subscribedIds(GroupTopics topics, Collection<ConsumerMember> members) {
        subscribed.see(topics);
        var ids = new HashSet<UUID>();
        members.forEach(member -> ids.addAll(subscribed.idsOf(member.said())));
        return ids;
    }
}
