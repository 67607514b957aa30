package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    private static final String TYPE = "classic";

    private final GroupLimits limits;
    private final GroupStore store = new GroupStore();
    private final GroupOffsets offsets;
    private final Map<String, GroupMembership> coordinated = new HashMap<>();
    private final GroupTimers timers = new GroupTimers();
    private boolean awake;
    private long sweepAtMs;

    public GroupsState(GroupLimits limits) {
        this.limits = limits;
        this.offsets = new GroupOffsets(store, limits);
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
            case GroupCommand.FetchOffsets fetch -> draft.answer(ticket, offsets.fetch(fetch));
            case GroupCommand.DeleteOffsets delete ->
                    offsets.delete(ticket, delete, coordinated.get(delete.groupId()), draft);
            case GroupCommand.DeleteGroups delete -> deleteGroups(ticket, delete, draft);
            case GroupCommand.ListGroups list -> draft.answer(ticket, list(list));
            case GroupCommand.DescribeGroups describe ->
                    draft.answer(
                            ticket,
                            new GroupReply.GroupsDescribed(
                                    describe.groupIds().stream().map(this::describe).toList()));
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
            offsets.sweep(nowMs, coordinated::containsKey, draft);
        }
        for (String groupId : timers.due(nowMs)) {
            GroupMembership group = coordinated.get(groupId);
            if (group != null) {
                group.expire(nowMs, draft);
                settle(groupId, group);
            }
        }
        return draft.decision();
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
        if (group == null) {
            if (!join.memberId().isEmpty()) {
                draft.refuse(ticket, ErrorCode.UNKNOWN_MEMBER_ID);
                return;
            }
            if (coordinated.size() >= limits.groupsMax()
                    || (!store.contains(groupId) && store.size() >= limits.groupsMax())) {
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
        GroupMembership group = groupOf(ticket, sync.claim(), draft);
        if (group != null) {
            group.sync(nowMs, ticket, sync, draft);
            settle(sync.claim().groupId(), group);
        }
    }

    private void heartbeat(long nowMs, long ticket, GroupCommand.Claim claim, GroupDraft draft) {
        GroupMembership group = groupOf(ticket, claim, draft);
        if (group != null) {
            group.heartbeat(nowMs, ticket, claim, draft);
            settle(claim.groupId(), group);
        }
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
        String groupId = commit.claim().groupId();
        GroupMembership group = coordinated.get(groupId);
        offsets.commit(nowMs, ticket, commit, group, draft);
        if (group != null) {
            settle(groupId, group);
        }
    }

    private void commitLater(
            long nowMs, long ticket, GroupCommand.CommitOffsetsLater commit, GroupDraft draft) {
        String groupId = commit.claim().groupId();
        GroupMembership group = coordinated.get(groupId);
        offsets.commitLater(nowMs, ticket, commit, group, draft);
        if (group != null) {
            settle(groupId, group);
        }
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
                timers.clear(groupId);
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
        return store.contains(groupId) ? null : ErrorCode.GROUP_ID_NOT_FOUND;
    }

    private GroupReply list(GroupCommand.ListGroups list) {
        Set<String> phases = lowerCase(list.phases());
        Set<String> types = lowerCase(list.types());
        if (!types.isEmpty() && !types.contains(TYPE)) {
            return new GroupReply.GroupsListed(List.of());
        }
        var groupIds = new TreeSet<>(coordinated.keySet());
        store.groupIds().forEach(groupIds::add);
        return new GroupReply.GroupsListed(
                groupIds.stream()
                        .map(this::listed)
                        .filter(group ->
                                phases.isEmpty() || phases.contains(lowerCase(group.phase())))
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
        GroupPhase phase = store.contains(groupId) ? GroupPhase.EMPTY : GroupPhase.DEAD;
        return new GroupReply.DescribedGroup(groupId, phase, storedType(groupId), "", List.of());
    }

    private String storedType(String groupId) {
        GroupRecord.GenerationStored stored = store.generation(groupId);
        return stored == null ? "" : stored.protocolType();
    }
}
