package io.sinew.groups;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.StreamsTask.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a crash may forget of one streams group, and what its members are told: the volatile half
/// of a [StreamsGroup].
final class StreamsMembership {
    private final StreamsGroupLimits limits;
    private final MemberTimers timers = new MemberTimers();

    /// Null as long as it isn't known: the next one need not wait.
    private @Nullable Long assignedAtMs;

    /// Until when a group that was empty waits for more members.
    private long delayedUntilMs = Long.MIN_VALUE;

    /// Grows with each change of what can be asked where.
    private int endpointEpoch;

    /// Who wants the whole application to end.
    private @Nullable String shutdownBy;

    StreamsMembership(StreamsGroupLimits limits) {
        this.limits = limits;
    }

    /// Lets the members of a stored group begin anew.
    static StreamsMembership restored(
            long nowMs, StreamsGroupLimits limits, Collection<StreamsMember> members) {
        var membership = new StreamsMembership(limits);
        members.forEach(member -> membership.watch(nowMs, member));
        return membership;
    }

    /// When [#expired] wants to be called; perhaps too early, never too late.
    long deadlineMs() {
        return timers.firstEndMs();
    }

    /// Those of the members that time has run out for.
    List<String> expired(long nowMs, Collection<String> memberIds) {
        List<String> expired = timers.expired(nowMs, memberIds);
        expired.forEach(timers::forget);
        return expired;
    }

    // ---- heartbeats

    /// Decides on a heartbeat of a member that stays or comes.
    ///
    /// @return the group as it is then; null when the heartbeat is refused
    @Nullable StreamsGroup heartbeat(
            long nowMs,
            GroupCommand.StreamsHeartbeat beat,
            GroupTopics topics,
            StreamsGroup group,
            GroupDraft draft,
            long ticket) {
        ErrorCode refusal = refusal(beat, group);
        StreamsTopology topology = group.topology();
        if (topology == null || (group.members().isEmpty() && beat.topology() != null)) {
            topology = beat.topology();
        }
        StreamsTopicPlan.Outcome plan = null;
        if (refusal == null && topology != null) {
            try {
                plan = StreamsTopicPlan.of(topology, topics);
            } catch (SinewException e) {
                refusal = e.code();
            }
        }
        if (refusal == null && (topology == null || plan == null || !owns(beat, plan))) {
            refusal = ErrorCode.INVALID_REQUEST;
        }
        if (refusal != null || topology == null || plan == null) {
            draft.refuse(ticket, refusal == null ? ErrorCode.INVALID_REQUEST : refusal);
            return null;
        }
        var step = new Step(nowMs, beat, topology, plan, topics);
        StreamsGroup after = take(step, group);
        StreamsMember member = member(after, beat.memberId());
        watch(nowMs, member);
        draft.answer(ticket, answer(step, before(beat, group), member, after));
        return after;
    }

    /// What a heartbeat is about.
    private record Step(
            long nowMs,
            GroupCommand.StreamsHeartbeat beat,
            StreamsTopology topology,
            StreamsTopicPlan.Outcome plan,
            GroupTopics topics) {
        SortedMap<String, Integer> taskCounts() {
            return plan instanceof StreamsTopicPlan.Ready(SortedMap<String, Integer> counts)
                    ? counts
                    : new TreeMap<>();
        }

        boolean isReady() {
            return plan instanceof StreamsTopicPlan.Ready;
        }
    }

    private static StreamsMember before(GroupCommand.StreamsHeartbeat beat, StreamsGroup group) {
        return group.members()
                .getOrDefault(beat.memberId(), StreamsMember.joining(beat.memberId()));
    }

    private static StreamsMember member(StreamsGroup group, String memberId) {
        return group.members().getOrDefault(memberId, StreamsMember.joining(memberId));
    }

    private @Nullable ErrorCode refusal(GroupCommand.StreamsHeartbeat beat, StreamsGroup group) {
        StreamsMember known = group.members().get(beat.memberId());
        if (known == null) {
            if (beat.memberEpoch() != Holding.JOINING) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            return group.members().size() >= limits.membersMax()
                    ? ErrorCode.GROUP_MAX_SIZE_REACHED
                    : refusal(beat.topology(), group);
        }
        if (!known.holding().accepts(beat.memberEpoch(), beat.owned())) {
            return ErrorCode.FENCED_MEMBER_EPOCH;
        }
        return refusal(beat.topology(), group);
    }

    /// An older version of the application may still be there; another one of the same version, or
    /// a newer one while members of this one are there, is refused as in Kafka.
    private static @Nullable ErrorCode refusal(@Nullable StreamsTopology said, StreamsGroup group) {
        StreamsTopology known = group.topology();
        boolean fits =
                said == null
                        || known == null
                        || group.members().isEmpty()
                        || said.epoch() < known.epoch()
                        || said.equals(known);
        return fits ? null : ErrorCode.INVALID_REQUEST;
    }

    /// Whether there are the tasks that a member says it has.
    private static boolean owns(GroupCommand.StreamsHeartbeat beat, StreamsTopicPlan.Outcome plan) {
        SortedSet<StreamsTask> owned = beat.owned();
        if (owned == null
                || !(plan instanceof StreamsTopicPlan.Ready(SortedMap<String, Integer> counts))) {
            return true;
        }
        return owned.stream()
                .allMatch(task ->
                        task.partition() >= 0
                                && task.partition() < counts.getOrDefault(task.subtopologyId(), 0));
    }

    /// Takes in what the member says, and brings it as near to its target as it can come now.
    private StreamsGroup take(Step step, StreamsGroup group) {
        StreamsMember before = before(step.beat(), group);
        StreamsMember said = step.beat().appliedTo(before);
        boolean changed =
                !group.members().containsKey(said.memberId())
                        || !said.saysTheSameAs(before)
                        || !step.topology().equals(group.topology());
        if (group.members().isEmpty() && limits.initialDelayMs() > 0) {
            delayedUntilMs = step.nowMs() + limits.initialDelayMs();
        }
        if (step.beat().shutdown()) {
            shutdownBy = said.memberId();
        }
        StreamsGroup next = group.with(step.topology()).with(said);
        long hash = hash(step.topology(), step.topics());
        if (changed
                || hash != group.epochs().topicsHash()
                || step.isReady() != group.ready()
                || limits.standbys() != group.standbys()) {
            next = next.inNextEpoch(step.nowMs(), hash, limits.standbys(), step.isReady());
        }
        next = assignIfDue(step, next);
        StreamsMember member = member(next, said.memberId());
        Holding<StreamsTask> holding = member.holding();
        if (!holding.isReconciledTo(next.epochs().targetEpoch())) {
            holding = reconciliation(step, member, next).next(holding, false);
        }
        return next.with(member.holding(holding));
    }

    private boolean isDelayed(long nowMs) {
        boolean recent =
                assignedAtMs != null && nowMs < assignedAtMs + limits.assignmentIntervalMs();
        return recent || nowMs < delayedUntilMs;
    }

    private StreamsGroup assignIfDue(Step step, StreamsGroup group) {
        GroupRecord.Epochs epochs = group.epochs();
        if (epochs.targetEpoch() == epochs.epoch() || isDelayed(step.nowMs())) {
            return group;
        }
        var stateful = new HashSet<String>();
        for (StreamsTopology.Subtopology part : step.topology().subtopologies()) {
            if (part.hasState()) {
                stateful.add(part.id());
            }
        }
        var workers = new ArrayList<TaskAssignor.Worker>();
        for (StreamsMember member : group.members().values()) {
            workers.add(
                    new TaskAssignor.Worker(
                            member.memberId(), member.processId(), member.target()));
        }
        var targets =
                TaskAssignor.assign(
                        workers, step.taskCounts(), stateful::contains, limits.standbys());
        assignedAtMs = step.nowMs();
        return group.assigned(step.nowMs(), targets);
    }

    private static Reconciliation<StreamsTask> reconciliation(
            Step step, StreamsMember member, StreamsGroup group) {
        return new Reconciliation<>(
                group.epochs().targetEpoch(),
                member.target(),
                step.beat().owned(),
                _ -> true,
                task -> isBusy(task, member, group.members().values()));
    }

    /// A task is worked on by one member, and is in one process in one role.
    private static boolean isBusy(
            StreamsTask task, StreamsMember member, Collection<StreamsMember> everybody) {
        for (StreamsMember other : everybody) {
            if (other.memberId().equals(member.memberId())) {
                continue;
            }
            boolean works = task.role() == Role.ACTIVE && other.holding().holds(task);
            boolean sharesDisk = other.processId().equals(member.processId());
            if (works || (sharesDisk && holdsInAnyRole(other, task))) {
                return true;
            }
        }
        return false;
    }

    private static boolean holdsInAnyRole(StreamsMember member, StreamsTask task) {
        for (Role role : Role.values()) {
            if (member.holding().holds(task.as(role))) {
                return true;
            }
        }
        return false;
    }

    /// A number that is another one when the topics that the application needs have changed.
    private static long hash(StreamsTopology topology, GroupTopics topics) {
        var needed = new TreeSet<String>();
        for (StreamsTopology.Subtopology part : topology.subtopologies()) {
            needed.addAll(part.sources());
            part.changelogs().forEach(topic -> needed.add(topic.name()));
        }
        return SubscribedTopics.hashOf(needed, topics);
    }

    // ---- answers

    private GroupReply answer(
            Step step, StreamsMember before, StreamsMember member, StreamsGroup group) {
        boolean tell =
                step.beat().memberEpoch() == Holding.JOINING
                        || !member.holding().assigned().equals(before.holding().assigned());
        if (tell && member.endpoint() != null) {
            endpointEpoch++;
        }
        boolean tellEndpoints = endpointEpoch != step.beat().endpointEpoch();
        return new GroupReply.StreamsBeat(
                member.memberId(),
                member.epoch(),
                limits.heartbeatIntervalMs(),
                statuses(step, member, group),
                tell ? new TreeSet<>(member.holding().assigned().keySet()) : null,
                endpointEpoch,
                tellEndpoints ? endpoints(step, group) : null,
                step.plan() instanceof StreamsTopicPlan.InternalTopicsMissing missing
                        ? missing.topics()
                        : List.of());
    }

    private List<GroupReply.StreamsStatus> statuses(
            Step step, StreamsMember member, StreamsGroup group) {
        var statuses = new ArrayList<GroupReply.StreamsStatus>();
        if (member.topologyEpoch() < step.topology().epoch()) {
            statuses.add(
                    new GroupReply.StreamsStatus(
                            GroupReply.StreamsCondition.STALE_TOPOLOGY,
                            "The member's topology has epoch "
                                    + member.topologyEpoch()
                                    + ", the group's "
                                    + step.topology().epoch()
                                    + "."));
        }
        if (group.epochs().targetEpoch() < group.epochs().epoch()) {
            statuses.add(
                    new GroupReply.StreamsStatus(
                            GroupReply.StreamsCondition.ASSIGNMENT_DELAYED,
                            "The next assignment waits for further changes."));
        }
        switch (step.plan()) {
            case StreamsTopicPlan.Ready _ -> {}
            case StreamsTopicPlan.SourcesMissing(String detail) ->
                    statuses.add(
                            new GroupReply.StreamsStatus(
                                    GroupReply.StreamsCondition.SOURCE_TOPICS_MISSING, detail));
            case StreamsTopicPlan.WronglyPartitioned(String detail) ->
                    statuses.add(
                            new GroupReply.StreamsStatus(
                                    GroupReply.StreamsCondition.TOPICS_WRONGLY_PARTITIONED,
                                    detail));
            case StreamsTopicPlan.InternalTopicsMissing missing ->
                    statuses.add(
                            new GroupReply.StreamsStatus(
                                    GroupReply.StreamsCondition.INTERNAL_TOPICS_MISSING,
                                    missing.detail()));
        }
        if (shutdownBy != null) {
            statuses.add(
                    new GroupReply.StreamsStatus(
                            GroupReply.StreamsCondition.SHUTDOWN,
                            "Member " + shutdownBy + " asked the whole application to end."));
        }
        return List.copyOf(statuses);
    }

    private static List<GroupReply.EndpointPartitions> endpoints(Step step, StreamsGroup group) {
        var endpoints = new ArrayList<GroupReply.EndpointPartitions>();
        for (StreamsMember member : group.members().values()) {
            StreamsMember.Endpoint endpoint = member.endpoint();
            if (endpoint != null && step.isReady()) {
                endpoints.add(
                        new GroupReply.EndpointPartitions(
                                endpoint,
                                partitions(step, member, Role.ACTIVE),
                                partitions(step, member, Role.STANDBY)));
            }
        }
        return List.copyOf(endpoints);
    }

    private static SortedMap<String, List<Integer>> partitions(
            Step step, StreamsMember member, Role role) {
        var partitions = new TreeMap<String, List<Integer>>();
        for (StreamsTopology.Subtopology part : step.topology().subtopologies()) {
            for (String name : part.sources()) {
                GroupTopic topic = step.topics().named(name);
                for (StreamsTask task : member.holding().assigned().keySet()) {
                    if (topic != null
                            && task.role() == role
                            && task.subtopologyId().equals(part.id())
                            && task.partition() < topic.partitionCount()) {
                        partitions
                                .computeIfAbsent(name, _ -> new ArrayList<>())
                                .add(task.partition());
                    }
                }
            }
        }
        return partitions;
    }

    // ---- leaving

    /// Takes members out of the group; what they had is for the next assignment.
    StreamsGroup remove(long nowMs, List<String> memberIds, StreamsGroup group) {
        if (memberIds.isEmpty()) {
            return group;
        }
        memberIds.forEach(timers::forget);
        return group.without(memberIds)
                .inNextEpoch(nowMs, group.epochs().topicsHash(), group.standbys(), group.ready());
    }

    private void watch(long nowMs, StreamsMember member) {
        timers.renew(nowMs, member.memberId(), limits.sessionTimeoutMs());
        if (member.holding().step() == Holding.Step.REVOKING) {
            timers.awaitRevocation(
                    nowMs, member.memberId(), member.epoch(), member.rebalanceTimeoutMs());
        } else {
            timers.revoked(member.memberId());
        }
    }
}
