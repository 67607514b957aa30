package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All consumer groups of the broker and their committed offsets: Kafka's classic group protocol as
/// a state machine without clock, thread, socket or random source. One thread at a time.
///
/// It has two halves.
/// - What must survive a restart: each group as its last completed rebalance left it, and the
///   offsets. Only [#replay] changes it; [#handle] and [#tick] return the records that do.
/// - What a crash may forget: parked requests, ends of sessions, member ids handed out and not yet
///   used, a rebalance on its way. [#handle] and [#tick] change it as they decide. Written down it
///   would cost an fsync for each heartbeat, and nobody is owed it: after a restart clients come
///   again, and a group goes on from its last generation.
///
/// So whoever runs this replays a decision's records, in order, before the next call, and sends its
/// replies once they are durable. If a record cannot be appended this state is ahead of the log and
/// must be thrown away.
///
/// Joins and syncs may be parked: their tickets are answered by a later decision, each exactly once
/// as long as [#tick] is called when [#nextDeadlineMs] says. Time is in milliseconds since 1970,
/// for offsets expire across restarts, but should not jump while this lives: a forward jump ends
/// sessions.
///
/// After a restart everybody's session begins anew at the first [#handle] or [#tick].
public final class GroupsState {
    private final GroupLimits limits;
    private final GroupStore store = new GroupStore();
    private final GroupOffsets offsets;
    private final Map<String, GroupMembership> coordinated = new HashMap<>();
    private final GroupTimers timers = new GroupTimers();
    private final ConsumerGroups consumers;
    private final StreamsGroups streams;
    private boolean awake;
    private long sweepAtMs;

    public GroupsState(
            GroupLimits limits,
            ConsumerGroupLimits consumerLimits,
            StreamsGroupLimits streamsLimits) {
        this.limits = limits;
        this.streams = new StreamsGroups(streamsLimits, store, timers);
        this.consumers = new ConsumerGroups(consumerLimits, store, timers);
        this.offsets = new GroupOffsets(store, limits);
    }

    /// Takes in the topics as they are from now on.
    public void know(GroupTopics topics) {
        consumers.know(topics);
        streams.know(topics);
    }

    /// Decides what follows from a command.
    ///
    /// @param ticket comes back with the reply; the caller's to choose, never twice
    public GroupDecision handle(long nowMs, long ticket, GroupCommand command) {
        wake(nowMs);
        var draft = new GroupDraft();
        switch (command) {
            case GroupCommand.Join join -> join(nowMs, ticket, join, draft);
            case GroupCommand.Sync sync -> sync(nowMs, ticket, sync, draft);
            case GroupCommand.Heartbeat heartbeat ->
                    heartbeat(nowMs, ticket, heartbeat.claim(), draft);
            case GroupCommand.Leave leave -> leave(nowMs, ticket, leave, draft);
            case GroupCommand.CommitOffsets commit -> commit(nowMs, ticket, commit, draft);
            case GroupCommand.CommitOffsetsLater commit ->
                    commitLater(nowMs, ticket, commit, draft);
            case GroupCommand.EndTransaction end -> offsets.end(ticket, end, draft);
            case GroupCommand.FetchOffsets fetch -> fetch(ticket, fetch, draft);
            case GroupCommand.DeleteOffsets delete -> deleteOffsets(ticket, delete, draft);
            case GroupCommand.DeleteGroups delete -> deleteGroups(ticket, delete, draft);
            case GroupCommand.ListGroups list -> draft.answer(ticket, list(list));
            case GroupCommand.DescribeGroups describe ->
                    draft.answer(
                            ticket,
                            new GroupReply.GroupsDescribed(
                                    describe.groupIds().stream().map(this::describe).toList()));
            case GroupCommand.ConsumerHeartbeat beat ->
                    consumerHeartbeat(nowMs, ticket, beat, draft);
            case GroupCommand.DescribeConsumerGroups describe ->
                    draft.answer(
                            ticket,
                            new GroupReply.ConsumerGroupsDescribed(
                                    describe.groupIds().stream()
                                            .map(consumers::describe)
                                            .toList()));
            case GroupCommand.StreamsHeartbeat beat -> streamsHeartbeat(nowMs, ticket, beat, draft);
            case GroupCommand.DescribeStreamsGroups describe ->
                    draft.answer(
                            ticket,
                            new GroupReply.StreamsGroupsDescribed(
                                    describe.groupIds().stream().map(streams::describe).toList()));
            case GroupCommand.ForgetTopics forget -> offsets.forget(ticket, forget, draft);
        }
        return draft.decision();
    }

    /// Decides what follows from the time that has passed: sessions and rebalances that are over,
    /// offsets that have expired. Bounded: each group that asked for it once, and
    /// [GroupOffsets#SWEEP_GROUPS_MAX] groups' offsets once a minute.
    public GroupDecision tick(long nowMs) {
        wake(nowMs);
        var draft = new GroupDraft();
        // Before sessions end: it looks at what is stored, and a group that this very decision
        // empties is not yet stored as empty.
        if (nowMs >= sweepAtMs) {
            sweepAtMs = nowMs + GroupOffsets.SWEEP_INTERVAL_MS;
            offsets.sweep(nowMs, this::hasMembers, draft);
        }
        for (String groupId : timers.due(nowMs)) {
            GroupMembership group = coordinated.get(groupId);
            if (group != null) {
                group.expire(nowMs, draft);
                settle(groupId, group);
            } else if (!streams.expire(nowMs, groupId, draft)) {
                becomeClassic(nowMs, consumers.expire(nowMs, groupId, draft), draft);
            }
        }
        return draft.decision();
    }

    private void consumerHeartbeat(
            long nowMs, long ticket, GroupCommand.ConsumerHeartbeat beat, GroupDraft draft) {
        String groupId = beat.groupId();
        if (streams.hasMembers(groupId)) {
            draft.refuse(ticket, ErrorCode.GROUP_ID_NOT_FOUND);
            return;
        }
        GroupMembership classic = coordinated.get(groupId);
        if (classic == null || classic.isEmpty()) {
            // Places that were promised to nobody yet are no reason to be a classic group.
            becomeClassic(
                    nowMs,
                    consumers.heartbeat(nowMs, ticket, beat, hasRoomFor(groupId), draft),
                    draft);
            if (consumers.coordinates(groupId)) {
                coordinated.remove(groupId);
            }
            return;
        }
        consumers.upgrade(nowMs, ticket, beat, classic.stored(nowMs), draft);
        if (consumers.coordinates(groupId)) {
            classic.dissolve(draft);
            coordinated.remove(groupId);
        }
    }

    private void streamsHeartbeat(
            long nowMs, long ticket, GroupCommand.StreamsHeartbeat beat, GroupDraft draft) {
        String groupId = beat.groupId();
        GroupMembership classic = coordinated.get(groupId);
        if ((classic != null && !classic.isEmpty()) || consumers.hasMembers(groupId)) {
            draft.refuse(ticket, ErrorCode.GROUP_ID_NOT_FOUND);
            return;
        }
        streams.heartbeat(nowMs, ticket, beat, hasRoomFor(groupId), draft);
        if (streams.coordinates(groupId)) {
            coordinated.remove(groupId);
        }
    }

    /// Takes over a group that was a consumer group. Its members have to agree anew.
    ///
    /// @param group null when there is none to take over
    private void becomeClassic(
            long nowMs, GroupRecord.@Nullable GenerationStored group, GroupDraft draft) {
        if (group != null) {
            String groupId = group.groupId();
            var classic = GroupMembership.restored(nowMs, groupId, limits, group);
            classic.askAgain(nowMs, draft);
            settle(groupId, classic);
        }
    }

    /// A consumer group, with or without members. One without is a classic group as soon as
    /// somebody wants to join it as such.
    private @Nullable ConsumerGroup consumer(String groupId) {
        return coordinated.containsKey(groupId) ? null : store.consumer(groupId);
    }

    /// The same for a streams group.
    private @Nullable StreamsGroup streams(String groupId) {
        return coordinated.containsKey(groupId) ? null : store.streams(groupId);
    }

    private boolean hasMembers(String groupId) {
        return coordinated.containsKey(groupId)
                || consumers.hasMembers(groupId)
                || streams.hasMembers(groupId);
    }

    private boolean hasRoomFor(String groupId) {
        return coordinated.size() < limits.groupsMax()
                && (store.contains(groupId) || store.size() < limits.groupsMax());
    }

    /// When [#tick] wants to be called next: 0 for at once, `Long.MAX_VALUE` for not at all until
    /// something else happens.
    public long nextDeadlineMs() {
        if (store.size() == 0) {
            return timers.firstMs();
        }
        return awake ? Math.min(timers.firstMs(), sweepAtMs) : 0;
    }

    /// Groups there are, stored or not.
    public int groupCount() {
        long unstored = coordinated.keySet().stream().filter(id -> !store.contains(id)).count();
        return Math.toIntExact(store.size() + unstored);
    }

    /// The topics in which any group has an offset.
    public Set<UUID> topicIds() {
        return store.topicIds();
    }

    /// Takes in one record, from the log at start or just decided.
    public void replay(GroupRecord record) {
        store.apply(record);
    }

    /// Records that, replayed into an empty state, make its durable half equal to this one's.
    public List<GroupRecord> snapshot() {
        return store.snapshot();
    }

    private void wake(long nowMs) {
        if (awake) {
            return;
        }
        awake = true;
        sweepAtMs = nowMs + GroupOffsets.SWEEP_INTERVAL_MS;
        for (String groupId : store.groupIds()) {
            GroupRecord.GenerationStored stored = store.generation(groupId);
            if (stored != null && !stored.members().isEmpty()) {
                settle(groupId, GroupMembership.restored(nowMs, groupId, limits, stored));
            }
            ConsumerGroup consumer = store.consumer(groupId);
            if (consumer != null) {
                consumers.wake(nowMs, consumer);
            }
            StreamsGroup streamsGroup = store.streams(groupId);
            if (streamsGroup != null) {
                streams.wake(nowMs, streamsGroup);
            }
        }
    }

    /// Keeps what has to be kept of a group after it has changed.
    private void settle(String groupId, GroupMembership group) {
        if (group.isIdle()) {
            coordinated.remove(groupId);
            timers.clear(groupId);
        } else {
            coordinated.put(groupId, group);
            timers.set(groupId, group.deadlineMs());
        }
    }

    private void join(long nowMs, long ticket, GroupCommand.Join join, GroupDraft draft) {
        String groupId = join.groupId();
        if (groupId.isEmpty()) {
            draft.refuse(ticket, ErrorCode.INVALID_GROUP_ID);
            return;
        }
        if (join.sessionTimeoutMs() < limits.sessionTimeoutMinMs()
                || join.sessionTimeoutMs() > limits.sessionTimeoutMaxMs()) {
            draft.refuse(ticket, ErrorCode.INVALID_SESSION_TIMEOUT);
            return;
        }
        if (!GroupLimits.allows(join)) {
            draft.refuse(ticket, ErrorCode.INVALID_REQUEST);
            return;
        }
        GroupMembership group = coordinated.get(groupId);
        if (group == null && consumers.hasMembers(groupId)) {
            var classic = consumers.join(nowMs, ticket, join, draft);
            if (classic == null) {
                return;
            }
            group = GroupMembership.restored(nowMs, groupId, limits, classic);
        }
        if (group == null && streams.hasMembers(groupId)) {
            draft.refuse(ticket, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
            return;
        }
        if (group == null) {
            if (!join.memberId().isEmpty()) {
                draft.refuse(ticket, ErrorCode.UNKNOWN_MEMBER_ID);
                return;
            }
            if (!hasRoomFor(groupId)) {
                draft.refuse(ticket, ErrorCode.GROUP_MAX_SIZE_REACHED);
                return;
            }
            group = GroupMembership.restored(nowMs, groupId, limits, store.generation(groupId));
        }
        group.join(nowMs, ticket, join, draft);
        settle(groupId, group);
    }

    private void sync(long nowMs, long ticket, GroupCommand.Sync sync, GroupDraft draft) {
        if (!GroupLimits.allows(sync)) {
            draft.refuse(ticket, ErrorCode.INVALID_REQUEST);
            return;
        }
        String groupId = sync.claim().groupId();
        if (isConsumerWithMembers(groupId)) {
            consumers.sync(nowMs, ticket, sync, draft);
            return;
        }
        GroupMembership group = groupOf(ticket, sync.claim(), draft);
        if (group != null) {
            group.sync(nowMs, ticket, sync, draft);
            settle(groupId, group);
        }
    }

    private void heartbeat(long nowMs, long ticket, GroupCommand.Claim claim, GroupDraft draft) {
        if (isConsumerWithMembers(claim.groupId())) {
            consumers.heartbeat(nowMs, ticket, claim, draft);
            return;
        }
        GroupMembership group = groupOf(ticket, claim, draft);
        if (group != null) {
            group.heartbeat(nowMs, ticket, claim, draft);
            settle(claim.groupId(), group);
        }
    }

    private boolean isConsumerWithMembers(String groupId) {
        ConsumerGroup group = consumer(groupId);
        return group != null && group.size() > 0;
    }

    /// The group that a member must be in, or null when the ticket is answered with why not.
    private @Nullable GroupMembership groupOf(
            long ticket, GroupCommand.Claim claim, GroupDraft draft) {
        GroupMembership group = coordinated.get(claim.groupId());
        if (claim.groupId().isEmpty()) {
            draft.refuse(ticket, ErrorCode.INVALID_GROUP_ID);
        } else if (group == null) {
            draft.refuse(ticket, ErrorCode.UNKNOWN_MEMBER_ID);
        }
        return group;
    }

    private void leave(long nowMs, long ticket, GroupCommand.Leave leave, GroupDraft draft) {
        GroupMembership group = coordinated.get(leave.groupId());
        if (leave.groupId().isEmpty()) {
            draft.refuse(ticket, ErrorCode.INVALID_GROUP_ID);
        } else if (isConsumerWithMembers(leave.groupId())) {
            becomeClassic(nowMs, consumers.leave(nowMs, ticket, leave, draft), draft);
        } else if (group == null) {
            draft.answer(
                    ticket,
                    new GroupReply.Left(
                            leave.members().stream()
                                    .map(member ->
                                            new GroupReply.LeftMember(
                                                    member.memberId(),
                                                    member.instanceId(),
                                                    ErrorCode.UNKNOWN_MEMBER_ID))
                                    .toList()));
        } else {
            group.leave(nowMs, ticket, leave, draft);
            settle(leave.groupId(), group);
        }
    }

    private void commit(
            long nowMs, long ticket, GroupCommand.CommitOffsets commit, GroupDraft draft) {
        ErrorCode refusal = refuseCommit(nowMs, commit.claim(), commit.offsets(), false);
        if (refusal != null) {
            draft.refuse(ticket, refusal);
        } else {
            offsets.commit(nowMs, ticket, commit, draft);
        }
    }

    private void commitLater(
            long nowMs, long ticket, GroupCommand.CommitOffsetsLater commit, GroupDraft draft) {
        ErrorCode refusal =
                commit.claim().isAnonymous()
                        ? offsets.refuseWithoutMembers(commit.claim())
                        : refuseCommit(nowMs, commit.claim(), commit.offsets(), true);
        if (refusal != null) {
            draft.refuse(ticket, refusal);
        } else {
            offsets.commitLater(nowMs, ticket, commit, draft);
        }
    }

    /// @param later when a transaction is committed
    private @Nullable ErrorCode refuseCommit(
            long nowMs, GroupCommand.Claim claim, List<GroupOffset> wanted, boolean later) {
        String groupId = claim.groupId();
        ConsumerGroup consumer = consumer(groupId);
        StreamsGroup streamsGroup = streams(groupId);
        GroupMembership group = coordinated.get(groupId);
        if (consumer != null) {
            return ConsumerGroups.refuseCommit(consumer, claim, wanted);
        }
        if (streamsGroup != null) {
            return streams.refuseCommit(streamsGroup, claim, wanted);
        }
        if (group == null) {
            return offsets.refuseWithoutMembers(claim);
        }
        if (later) {
            return group.refuseCommitLater(claim);
        }
        ErrorCode refusal = group.refuseCommit(nowMs, claim);
        settle(groupId, group);
        return refusal;
    }

    private void fetch(long ticket, GroupCommand.FetchOffsets fetch, GroupDraft draft) {
        ConsumerGroup consumer = consumer(fetch.groupId());
        StreamsGroup streamsGroup = streams(fetch.groupId());
        ErrorCode refusal = null;
        if (consumer != null) {
            refusal = ConsumerGroups.refuseFetch(consumer, fetch);
        } else if (streamsGroup != null) {
            refusal = StreamsGroups.refuseFetch(streamsGroup, fetch);
        }
        if (refusal != null) {
            draft.refuse(ticket, refusal);
        } else {
            draft.answer(ticket, offsets.fetch(fetch));
        }
    }

    private void deleteOffsets(long ticket, GroupCommand.DeleteOffsets delete, GroupDraft draft) {
        ConsumerGroup consumer = consumer(delete.groupId());
        StreamsGroup streamsGroup = streams(delete.groupId());
        if (consumer == null && streamsGroup == null) {
            offsets.delete(ticket, delete, coordinated.get(delete.groupId()), draft);
            return;
        }
        Set<UUID> subscribed =
                streamsGroup == null
                        ? consumers.subscribedIds(Objects.requireNonNull(consumer))
                        : streams.subscribedIds(streamsGroup);
        offsets.delete(
                ticket, delete, named -> subscribed.contains(named.partition().topicId()), draft);
    }

    private void deleteGroups(long ticket, GroupCommand.DeleteGroups delete, GroupDraft draft) {
        var results = new ArrayList<GroupReply.GroupResult>();
        var deleted = new HashSet<String>();
        for (String groupId : delete.groupIds()) {
            ErrorCode error = refuseDelete(groupId);
            if (error == null && !deleted.add(groupId)) {
                error = ErrorCode.GROUP_ID_NOT_FOUND;
            }
            if (error == null) {
                coordinated.remove(groupId);
                consumers.forget(groupId);
                streams.forget(groupId);
                if (store.contains(groupId)) {
                    draft.store(new GroupRecord.GroupRemoved(groupId));
                }
            }
            results.add(new GroupReply.GroupResult(groupId, error));
        }
        draft.answer(ticket, new GroupReply.GroupsDeleted(List.copyOf(results)));
    }

    private @Nullable ErrorCode refuseDelete(String groupId) {
        GroupMembership group = coordinated.get(groupId);
        if (group != null) {
            return group.isEmpty() ? null : ErrorCode.NON_EMPTY_GROUP;
        }
        if (consumers.hasMembers(groupId) || streams.hasMembers(groupId)) {
            return ErrorCode.NON_EMPTY_GROUP;
        }
        return store.contains(groupId) ? null : ErrorCode.GROUP_ID_NOT_FOUND;
    }

    private GroupReply list(GroupCommand.ListGroups list) {
        Set<String> phases = lowerCase(list.phases());
        Set<String> types = lowerCase(list.types());
        var groupIds = new TreeSet<>(coordinated.keySet());
        store.groupIds().forEach(groupIds::add);
        return new GroupReply.GroupsListed(
                groupIds.stream()
                        .map(this::listed)
                        .filter(group ->
                                phases.isEmpty() || phases.contains(lowerCase(group.phase())))
                        .filter(group -> types.isEmpty() || types.contains(group.type().wireName()))
                        .toList());
    }

    private static Set<String> lowerCase(Set<String> names) {
        return names.stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static String lowerCase(GroupPhase phase) {
        return phase.wireName().toLowerCase(Locale.ROOT);
    }

    private GroupReply.ListedGroup listed(String groupId) {
        ConsumerGroup consumer = consumer(groupId);
        if (consumer != null) {
            return new GroupReply.ListedGroup(
                    groupId,
                    GroupMigration.PROTOCOL_TYPE,
                    consumers.phase(consumer),
                    GroupType.CONSUMER);
        }
        StreamsGroup streamsGroup = streams(groupId);
        if (streamsGroup != null) {
            return new GroupReply.ListedGroup(
                    groupId,
                    GroupType.STREAMS.wireName(),
                    streams.phase(streamsGroup),
                    GroupType.STREAMS);
        }
        GroupMembership group = coordinated.get(groupId);
        return group != null
                ? group.listed()
                : new GroupReply.ListedGroup(groupId, storedType(groupId), GroupPhase.EMPTY);
    }

    private GroupReply.DescribedGroup describe(String groupId) {
        GroupMembership group = coordinated.get(groupId);
        if (group != null) {
            return group.described();
        }
        boolean classic =
                store.contains(groupId)
                        && store.consumer(groupId) == null
                        && store.streams(groupId) == null;
        GroupPhase phase = classic ? GroupPhase.EMPTY : GroupPhase.DEAD;
        return new GroupReply.DescribedGroup(groupId, phase, storedType(groupId), "", List.of());
    }

    private String storedType(String groupId) {
        GroupRecord.GenerationStored stored = store.generation(groupId);
        return stored == null ? "" : stored.protocolType();
    }
}
