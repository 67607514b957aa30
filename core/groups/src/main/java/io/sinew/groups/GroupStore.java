package io.sinew.groups;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The durable half of [GroupsState]: what records say, and nothing else. Only [#apply] changes it.
/// A group is here as long as it has a stored generation, is one of the new protocols, or has a
/// committed offset.
final class GroupStore {
    /// Most offsets in one record of a snapshot.
    private static final int SNAPSHOT_OFFSETS_MAX = 1_000;

    /// An offset and the wall time of its commit.
    record Committed(GroupOffset offset, long atMs) {}

    private static final class Group {
        // Of these three one at most.
        private GroupRecord.@Nullable GenerationStored generation;
        private @Nullable ConsumerGroup consumer;
        private @Nullable StreamsGroup streams;

        private final NavigableMap<GroupPartition, Committed> offsets = new TreeMap<>();

        /// By the producer whose transaction decides on them.
        private final NavigableMap<Long, NavigableMap<GroupPartition, Committed>> pending =
                new TreeMap<>();
    }

    private final TreeMap<String, Group> groups = new TreeMap<>();

    void apply(GroupRecord record) {
        switch (record) {
            case GroupRecord.GenerationStored stored -> {
                Group group = group(stored.groupId());
                group.generation = stored;
                group.consumer = null;
                group.streams = null;
            }
            case GroupRecord.ConsumerGroupChanged changed -> apply(changed);
            case GroupRecord.StreamsGroupChanged changed -> apply(changed);
            case GroupRecord.GroupRemoved removed -> groups.remove(removed.groupId());
            case GroupRecord.OffsetsStored stored -> {
                if (!stored.offsets().isEmpty()) {
                    Group group = group(stored.groupId());
                    for (GroupOffset offset : stored.offsets()) {
                        var committed = new Committed(offset, stored.committedAtMs());
                        group.offsets.put(offset.partition(), committed);
                    }
                }
            }
            case GroupRecord.OffsetsPending pending -> {
                var offsets =
                        group(pending.groupId())
                                .pending
                                .computeIfAbsent(pending.producerId(), _ -> new TreeMap<>());
                for (GroupOffset offset : pending.offsets()) {
                    offsets.put(offset.partition(), new Committed(offset, pending.atMs()));
                }
            }
            case GroupRecord.TransactionEnded ended -> end(ended);
            case GroupRecord.OffsetsRemoved removed -> {
                Group group = groups.get(removed.groupId());
                if (group != null) {
                    removed.partitions().forEach(group.offsets::remove);
                    forgetPending(
                            group, offsets -> offsets.keySet().removeAll(removed.partitions()));
                    if (isGone(group)) {
                        groups.remove(removed.groupId());
                    }
                }
            }
            case GroupRecord.TopicsRemoved removed -> {
                for (UUID topicId : removed.topicIds()) {
                    groups.values().forEach(group -> forget(group, topicId));
                }
                groups.values().removeIf(GroupStore::isGone);
            }
        }
    }

    private void apply(GroupRecord.ConsumerGroupChanged changed) {
        Group group = group(changed.groupId());
        group.generation = null;
        group.streams = null;
        ConsumerGroup consumer = group.consumer;
        if (consumer == null) {
            consumer = new ConsumerGroup(changed.groupId());
            group.consumer = consumer;
        }
        consumer.apply(changed);
    }

    private void apply(GroupRecord.StreamsGroupChanged changed) {
        Group group = group(changed.groupId());
        group.generation = null;
        group.consumer = null;
        StreamsGroup before = group.streams;
        group.streams =
                (before == null ? StreamsGroup.empty(changed.groupId()) : before).apply(changed);
    }

    private void end(GroupRecord.TransactionEnded ended) {
        Group group = groups.get(ended.groupId());
        if (group == null) {
            return;
        }
        Map<GroupPartition, Committed> offsets = group.pending.remove(ended.producerId());
        if (ended.committed() && offsets != null) {
            group.offsets.putAll(offsets);
        }
        if (isGone(group)) {
            groups.remove(ended.groupId());
        }
    }

    private static void forget(Group group, UUID topicId) {
        in(topicId, group.offsets).clear();
        forgetPending(group, offsets -> in(topicId, offsets).clear());
    }

    private static void forgetPending(
            Group group, Consumer<NavigableMap<GroupPartition, Committed>> forget) {
        group.pending.values().forEach(forget);
        group.pending.values().removeIf(Map::isEmpty);
    }

    /// Records that, replayed into nothing, give this.
    List<GroupRecord> snapshot() {
        var records = new ArrayList<GroupRecord>();
        groups.forEach((groupId, group) -> {
            if (group.generation != null) {
                records.add(group.generation);
            }
            if (group.consumer != null) {
                records.add(group.consumer.stored());
            }
            if (group.streams != null) {
                records.add(group.streams.stored());
            }
            addOffsets(
                    group.offsets,
                    (atMs, offsets) ->
                            records.add(new GroupRecord.OffsetsStored(groupId, atMs, offsets)));
            group.pending.forEach((producerId, pending) ->
                    addOffsets(
                            pending,
                            (atMs, offsets) ->
                                    records.add(
                                            new GroupRecord.OffsetsPending(
                                                    groupId, producerId, atMs, offsets))));
        });
        return records;
    }

    /// Takes some offsets of one time.
    private interface OffsetsOfTime {
        void take(long atMs, List<GroupOffset> offsets);
    }

    private static void addOffsets(Map<GroupPartition, Committed> all, OffsetsOfTime target) {
        var byTime = new TreeMap<Long, List<GroupOffset>>();
        for (Committed committed : all.values()) {
            byTime.computeIfAbsent(committed.atMs(), _ -> new ArrayList<>())
                    .add(committed.offset());
        }
        byTime.forEach((atMs, offsets) -> {
            for (int from = 0; from < offsets.size(); from += SNAPSHOT_OFFSETS_MAX) {
                int to = Math.min(from + SNAPSHOT_OFFSETS_MAX, offsets.size());
                target.take(atMs, offsets.subList(from, to));
            }
        });
    }

    int size() {
        return groups.size();
    }

    boolean contains(String groupId) {
        return groups.containsKey(groupId);
    }

    /// In alphabetical order.
    Iterable<String> groupIds() {
        return groups.keySet();
    }

    /// The group after `groupId`, or after none the first; null when there is none.
    @Nullable String groupIdAfter(@Nullable String groupId) {
        if (groupId == null) {
            return groups.isEmpty() ? null : groups.firstKey();
        }
        return groups.higherKey(groupId);
    }

    /// The last stored generation; null in a group that only ever committed offsets.
    GroupRecord.@Nullable GenerationStored generation(String groupId) {
        Group group = groups.get(groupId);
        return group == null ? null : group.generation;
    }

    /// The group as one of the new protocol; null when it is not.
    @Nullable ConsumerGroup consumer(String groupId) {
        Group group = groups.get(groupId);
        return group == null ? null : group.consumer;
    }

    /// The group as a streams group; null when it is not.
    @Nullable StreamsGroup streams(String groupId) {
        Group group = groups.get(groupId);
        return group == null ? null : group.streams;
    }

    /// When the group's epochs changed last; null for a group that has none.
    GroupRecord.@Nullable Epochs epochs(String groupId) {
        Group group = groups.get(groupId);
        if (group == null) {
            return null;
        }
        if (group.streams != null) {
            return group.streams.epochs();
        }
        return group.consumer == null ? null : group.consumer.epochs();
    }

    /// By partition; not to be changed.
    Map<GroupPartition, Committed> offsets(String groupId) {
        Group group = groups.get(groupId);
        return group == null ? Map.of() : group.offsets;
    }

    /// The partitions whose offset an open transaction may change.
    Set<GroupPartition> pendingPartitions(String groupId) {
        Group group = groups.get(groupId);
        if (group == null || group.pending.isEmpty()) {
            return Set.of();
        }
        return group.pending.values().stream()
                .flatMap(offsets -> offsets.keySet().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Whether the group has offsets that wait for a producer's transaction to end.
    boolean isPending(String groupId, long producerId) {
        Group group = groups.get(groupId);
        return group != null && group.pending.containsKey(producerId);
    }

    /// Whether any group has an offset in the topic.
    boolean hasOffsetsIn(UUID topicId) {
        return topicIds().contains(topicId);
    }

    /// The topics in which any group has an offset.
    Set<UUID> topicIds() {
        return groups.values().stream()
                .flatMap(group ->
                        Stream.concat(
                                group.offsets.keySet().stream(),
                                group.pending.values().stream()
                                        .flatMap(offsets -> offsets.keySet().stream())))
                .map(GroupPartition::topicId)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Group group(String groupId) {
        return groups.computeIfAbsent(groupId, _ -> new Group());
    }

    private static boolean isGone(Group group) {
        return group.generation == null
                && group.consumer == null
                && group.streams == null
                && group.offsets.isEmpty()
                && group.pending.isEmpty();
    }

    private static Map<GroupPartition, Committed> in(
            UUID topicId, NavigableMap<GroupPartition, Committed> offsets) {
        var first = new GroupPartition(topicId, Integer.MIN_VALUE);
        var last = new GroupPartition(topicId, Integer.MAX_VALUE);
        return offsets.subMap(first, true, last, true);
    }
}
