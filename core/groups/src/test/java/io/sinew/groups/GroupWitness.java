package io.sinew.groups;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Watches every decision in a [GroupScene] and remembers, in its own simple way, what must be
/// true.
final class GroupWitness {
    /// What is known of one generation.
    private record Generation(String leader, String protocolName) {}

    private record Commit(long offset, long atMs) {}

    private final GroupScene scene;
    private final long retentionMs;
    private final Map<String, TreeMap<Integer, Generation>> generations = new HashMap<>();
    private final Map<String, Map<GroupPartition, Commit>> commits = new HashMap<>();
    private final Map<String, Long> occupiedAtMs = new HashMap<>();

    GroupWitness(GroupScene scene, long retentionMs) {
        this.scene = scene;
        this.retentionMs = retentionMs;
        scene.watch(this::saw);
    }

    private void saw(GroupDecision decision) {
        for (GroupReply.Addressed addressed : decision.replies()) {
            GroupCommand command = scene.command(addressed.ticket());
            if (command instanceof GroupCommand.Join join
                    && addressed.reply() instanceof GroupReply.Joined joined) {
                sawJoined(join, joined);
            }
        }
        for (GroupRecord record : decision.records()) {
            if (record instanceof GroupRecord.GenerationStored stored) {
                sawStored(stored);
            } else if (record instanceof GroupRecord.GroupRemoved removed) {
                generations.remove(removed.groupId());
            }
        }
    }

    private void sawJoined(GroupCommand.Join join, GroupReply.Joined joined) {
        assertThat(join.protocols())
                .extracting(GroupCommand.Protocol::name)
                .as("a member is given a protocol that it knows")
                .contains(joined.protocolName());
        sawGeneration(
                join.groupId(),
                joined.generation(),
                new Generation(identity(joined.leader()), joined.protocolName()));
    }

    private void sawStored(GroupRecord.GenerationStored stored) {
        if (stored.leader() == null || stored.protocolName() == null) {
            assertThat(stored.members()).isEmpty();
            sawGeneration(stored.groupId(), stored.generation(), new Generation("", ""));
            return;
        }
        for (GroupRecord.StoredMember member : stored.members()) {
            assertThat(member.protocols())
                    .extracting(GroupCommand.Protocol::name)
                    .contains(stored.protocolName());
        }
        sawGeneration(
                stored.groupId(),
                stored.generation(),
                new Generation(identity(stored.leader()), stored.protocolName()));
    }

    private void sawGeneration(String groupId, int number, Generation generation) {
        TreeMap<Integer, Generation> known =
                generations.computeIfAbsent(groupId, _ -> new TreeMap<>());
        Generation before = known.putIfAbsent(number, generation);
        if (before != null) {
            assertThat(generation).as("one generation, one leader").isEqualTo(before);
        } else {
            assertThat(number).as("generations are counted up").isEqualTo(known.lastKey());
        }
    }

    /// A static member is the same under each of its ids.
    private static String identity(String memberId) {
        return memberId.startsWith("static")
                ? memberId.substring(0, memberId.indexOf('-'))
                : memberId;
    }

    /// Hands in a commit and judges whether it was right to accept it.
    void commit(GroupCommand.CommitOffsets commit) {
        GroupCommand.Claim claim = commit.claim();
        String groupId = claim.groupId();
        GroupReply.DescribedGroup group = scene.describe(groupId);
        if (!(scene.ask(commit) instanceof GroupReply.OffsetsCommitted)) {
            return;
        }
        boolean empty = group.phase() == GroupPhase.EMPTY || group.phase() == GroupPhase.DEAD;
        if (!empty || claim.generation() >= 0) {
            assertThat(group.phase()).isIn(GroupPhase.STABLE, GroupPhase.PREPARING_REBALANCE);
            assertThat(group.members())
                    .extracting(GroupReply.DescribedMember::memberId)
                    .as("only members commit")
                    .contains(claim.memberId());
            assertThat(claim.generation())
                    .as("only the present generation commits")
                    .isEqualTo(latestGeneration(groupId));
        }
        for (GroupOffset offset : commit.offsets()) {
            commits.computeIfAbsent(groupId, _ -> new HashMap<>())
                    .put(offset.partition(), new Commit(offset.offset(), scene.nowMs()));
        }
    }

    private int latestGeneration(String groupId) {
        TreeMap<Integer, Generation> known = generations.get(groupId);
        return known == null ? 0 : known.lastKey();
    }

    void deleteGroup(String groupId) {
        var deleted =
                (GroupReply.GroupsDeleted)
                        scene.ask(new GroupCommand.DeleteGroups(List.of(groupId)));
        if (deleted.groups().getFirst().error() == null) {
            commits.remove(groupId);
            generations.remove(groupId);
        }
    }

    void deleteOffsets(GroupCommand.DeleteOffsets delete) {
        if (scene.ask(delete) instanceof GroupReply.OffsetsDeleted deleted) {
            for (GroupReply.PartitionResult result : deleted.partitions()) {
                Map<GroupPartition, Commit> known = commits.get(delete.groupId());
                if (result.error() == null && known != null) {
                    known.remove(result.partition());
                }
            }
        }
    }

    void forgetTopics(GroupCommand.ForgetTopics forget) {
        scene.ask(forget);
        for (Map<GroupPartition, Commit> known : commits.values()) {
            known.keySet().removeIf(partition -> forget.topicIds().contains(partition.topicId()));
        }
    }

    /// Generations that were announced and not stored are forgotten, and their numbers used again.
    void crash() {
        List<GroupRecord> before = scene.snapshot();
        scene.crash();
        assertThat(scene.snapshot()).as("what the log says").isEqualTo(before);
        generations.values().forEach(known -> known.clear());
        for (GroupRecord record : before) {
            if (record instanceof GroupRecord.GenerationStored stored) {
                sawStored(stored);
            }
        }
    }

    /// Nobody waits for longer than a rebalance takes.
    void checkParked(long longestMs) {
        assertThat(scene.parkedSinceMs())
                .as("requests that nobody answers")
                .allSatisfy((_, sinceMs) ->
                        assertThat(scene.nowMs() - sinceMs).isLessThanOrEqualTo(longestMs));
    }

    /// Committed offsets are there, and no others; they may only be missing by expiry.
    void checkOffsets(String groupId) {
        GroupPhase phase = scene.phase(groupId);
        if (phase != GroupPhase.EMPTY && phase != GroupPhase.DEAD) {
            occupiedAtMs.put(groupId, scene.nowMs());
        }
        var fetched =
                (GroupReply.OffsetsFetched)
                        scene.ask(new GroupCommand.FetchOffsets(groupId, null, false));
        var actual = new HashMap<GroupPartition, Long>();
        fetched.offsets().forEach(offset -> actual.put(offset.partition(), offset.offset()));
        Map<GroupPartition, Commit> known = commits.getOrDefault(groupId, new HashMap<>());
        known.entrySet()
                .removeIf(entry -> {
                    Long offset = actual.remove(entry.getKey());
                    checkOne(groupId, entry.getValue(), offset);
                    return offset == null;
                });
        assertThat(actual).as("offsets that nobody committed").isEmpty();
    }

    private void checkOne(String groupId, Commit commit, @Nullable Long offset) {
        if (offset == null) {
            long usedAtMs = Math.max(commit.atMs(), occupiedAtMs.getOrDefault(groupId, 0L));
            assertThat(scene.nowMs() - usedAtMs)
                    .as("an offset expires in its time")
                    .isGreaterThanOrEqualTo(retentionMs);
        } else {
            assertThat(offset).as("what was committed").isEqualTo(commit.offset());
        }
    }
}
