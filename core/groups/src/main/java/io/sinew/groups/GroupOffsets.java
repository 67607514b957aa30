package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What is asked about committed offsets, and their expiry (KIP-211). It only reads the
/// [GroupStore] that they are in.
final class GroupOffsets {
    /// Pause between two looks for expired offsets, in milliseconds.
    static final long SWEEP_INTERVAL_MS = 60_000;

    /// Most groups in one look.
    static final int SWEEP_GROUPS_MAX = 1_000;

    private final GroupStore store;
    private final GroupLimits limits;

    /// The last group that a sweep has seen; null before the first.
    private @Nullable String swept;

    GroupOffsets(GroupStore store, GroupLimits limits) {
        this.store = store;
        this.limits = limits;
    }

    /// Stores offsets of somebody who may commit them.
    void commit(long nowMs, long ticket, GroupCommand.CommitOffsets commit, GroupDraft draft) {
        List<GroupOffset> accepted = accept(ticket, commit.offsets(), draft);
        if (!accepted.isEmpty()) {
            draft.store(new GroupRecord.OffsetsStored(commit.claim().groupId(), nowMs, accepted));
        }
    }

    /// The same for offsets that count when a transaction is committed.
    void commitLater(
            long nowMs, long ticket, GroupCommand.CommitOffsetsLater commit, GroupDraft draft) {
        List<GroupOffset> accepted = accept(ticket, commit.offsets(), draft);
        if (!accepted.isEmpty()) {
            draft.store(
                    new GroupRecord.OffsetsPending(
                            commit.claim().groupId(), commit.producerId(), nowMs, accepted));
        }
    }

    void end(long ticket, GroupCommand.EndTransaction end, GroupDraft draft) {
        if (store.isPending(end.groupId(), end.producerId())) {
            draft.store(
                    new GroupRecord.TransactionEnded(
                            end.groupId(), end.producerId(), end.committed()));
        }
        draft.answer(ticket, new GroupReply.TransactionEnded());
    }

    /// Answers a commit, and gives what of it is to be stored.
    private List<GroupOffset> accept(long ticket, List<GroupOffset> offsets, GroupDraft draft) {
        // Each partition once, the last time that it is named, as in Kafka: that there are only so
        // many is what bounds the record.
        var accepted = new LinkedHashMap<GroupPartition, GroupOffset>();
        var results = new ArrayList<GroupReply.PartitionResult>();
        for (GroupOffset offset : offsets) {
            boolean fits = offset.metadata().length() <= limits.offsetMetadataMaxLength();
            if (fits) {
                accepted.put(offset.partition(), offset);
            }
            results.add(
                    new GroupReply.PartitionResult(
                            offset.partition(), fits ? null : ErrorCode.OFFSET_METADATA_TOO_LARGE));
        }
        draft.answer(ticket, new GroupReply.OffsetsCommitted(List.copyOf(results)));
        return List.copyOf(accepted.values());
    }

    /// Whether who claims this may commit offsets of a group that nobody is in, or of one that does
    /// not mind.
    @Nullable ErrorCode refuseWithoutMembers(GroupCommand.Claim claim) {
        boolean exists = store.contains(claim.groupId());
        if (claim.generation() >= 0) {
            return exists ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.GROUP_ID_NOT_FOUND;
        }
        return exists || store.size() < limits.groupsMax()
                ? null
                : ErrorCode.GROUP_MAX_SIZE_REACHED;
    }

    GroupReply fetch(GroupCommand.FetchOffsets fetch) {
        Map<GroupPartition, GroupStore.Committed> committed = store.offsets(fetch.groupId());
        Set<GroupPartition> unstable =
                fetch.stable() ? store.pendingPartitions(fetch.groupId()) : Set.of();
        Collection<GroupPartition> wanted =
                fetch.partitions() == null ? committed.keySet() : fetch.partitions();
        return new GroupReply.OffsetsFetched(
                wanted.stream()
                        .map(partition -> {
                            GroupStore.Committed found = committed.get(partition);
                            return found == null || unstable.contains(partition)
                                    ? GroupOffset.none(partition)
                                    : found.offset();
                        })
                        .toList(),
                unstable);
    }

    /// @param group null when the group has no members and promised no places
    void delete(
            long ticket,
            GroupCommand.DeleteOffsets delete,
            @Nullable GroupMembership group,
            GroupDraft draft) {
        if (group == null && !store.contains(delete.groupId())) {
            draft.refuse(ticket, ErrorCode.GROUP_ID_NOT_FOUND);
            return;
        }
        if (group != null && !group.isEmpty() && !group.speaksConsumerProtocol()) {
            draft.refuse(ticket, ErrorCode.NON_EMPTY_GROUP);
            return;
        }
        // What can't be read counts as a subscription to everything.
        Optional<Set<String>> subscribed =
                group == null ? Optional.of(Set.of()) : group.subscribedTopics();
        delete(
                ticket,
                delete,
                named -> subscribed.map(topics -> topics.contains(named.topic())).orElse(true),
                draft);
    }

    /// @param isUsed whether somebody in the group subscribes to a partition
    void delete(
            long ticket,
            GroupCommand.DeleteOffsets delete,
            Predicate<GroupCommand.NamedPartition> isUsed,
            GroupDraft draft) {
        Map<GroupPartition, GroupStore.Committed> committed = store.offsets(delete.groupId());
        Set<GroupPartition> pending = store.pendingPartitions(delete.groupId());
        var removed = new ArrayList<GroupPartition>();
        var results = new ArrayList<GroupReply.PartitionResult>();
        for (GroupCommand.NamedPartition named : delete.partitions()) {
            boolean used = isUsed.test(named);
            GroupPartition partition = named.partition();
            if (!used && (committed.containsKey(partition) || pending.contains(partition))) {
                removed.add(partition);
            }
            results.add(
                    new GroupReply.PartitionResult(
                            named.partition(), used ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : null));
        }
        if (!removed.isEmpty()) {
            draft.store(new GroupRecord.OffsetsRemoved(delete.groupId(), removed));
        }
        draft.answer(ticket, new GroupReply.OffsetsDeleted(List.copyOf(results)));
    }

    void forget(long ticket, GroupCommand.ForgetTopics forget, GroupDraft draft) {
        List<UUID> topicIds =
                forget.topicIds().stream().filter(store::hasOffsetsIn).sorted().toList();
        if (!topicIds.isEmpty()) {
            draft.store(new GroupRecord.TopicsRemoved(topicIds));
        }
        draft.answer(ticket, new GroupReply.TopicsForgotten());
    }

    /// Looks at the next [#SWEEP_GROUPS_MAX] groups for offsets that nobody has come back for.
    ///
    /// @param coordinated groups with members, whose offsets don't expire
    void sweep(long nowMs, Predicate<String> coordinated, GroupDraft draft) {
        for (int i = 0; i < SWEEP_GROUPS_MAX; i++) {
            swept = store.groupIdAfter(swept);
            if (swept == null) {
                return;
            }
            if (!coordinated.test(swept)) {
                sweep(nowMs, swept, draft);
            }
        }
    }

    private void sweep(long nowMs, String groupId, GroupDraft draft) {
        GroupRecord.GenerationStored generation = store.generation(groupId);
        GroupRecord.Epochs epochs = store.epochs(groupId);
        long emptySinceMs = generation == null ? Long.MIN_VALUE : generation.sinceMs();
        if (epochs != null) {
            emptySinceMs = epochs.sinceMs();
        }
        Map<GroupPartition, GroupStore.Committed> offsets = store.offsets(groupId);
        Set<GroupPartition> pending = store.pendingPartitions(groupId);
        var expired = new ArrayList<GroupPartition>();
        for (var each : offsets.entrySet()) {
            if (pending.contains(each.getKey())) {
                continue;
            }
            long unusedSinceMs = Math.max(each.getValue().atMs(), emptySinceMs);
            if (nowMs - unusedSinceMs >= limits.offsetsRetentionMs()) {
                expired.add(each.getKey());
            }
        }
        if (expired.size() == offsets.size() && pending.isEmpty()) {
            draft.store(new GroupRecord.GroupRemoved(groupId));
        } else if (!expired.isEmpty()) {
            draft.store(new GroupRecord.OffsetsRemoved(groupId, expired));
        }
    }
}
