package io.sinew.sim;

import io.sinew.groups.GroupPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is known for certain of a group whose consumers share partitions out among them: who was
/// told to have each, and what was committed.
final class SharedGroup {
    final String id;

    /// The largest offset that was acknowledged, by partition.
    private final Map<GroupPartition, Long> committed = new HashMap<>();

    private final Map<GroupPartition, Told> told = new HashMap<>();
    private long turns;

    /// @param turn of the question that was answered so
    private record Told(String memberId, long turn) {}

    SharedGroup(String id) {
        this.id = id;
    }

    /// Numbers what is sent.
    long nextTurn() {
        return ++turns;
    }

    /// A consumer was told that a partition is its own. Who takes an old answer late is not the
    /// last owner by that.
    void told(GroupPartition partition, String memberId, long turn) {
        told.merge(
                partition,
                new Told(memberId, turn),
                (known, now) -> known.turn() > now.turn() ? known : now);
    }

    /// Those of the partitions that somebody else was told to have.
    Set<GroupPartition> lost(Set<GroupPartition> partitions, String memberId) {
        var lost = new HashSet<>(partitions);
        lost.removeIf(partition -> {
            Told last = told.get(partition);
            return last == null || last.memberId().equals(memberId);
        });
        return lost;
    }

    /// The least that a fetch from now on may say; -1 where nothing is certain.
    long committed(GroupPartition partition) {
        return committed.getOrDefault(partition, -1L);
    }

    /// A commit was acknowledged.
    ///
    /// @param lost those that somebody else had been told to have when it was sent
    void committed(
            GroupPartition partition, long offset, String memberId, Set<GroupPartition> lost) {
        BrokenPromise.unless(
                !lost.contains(partition),
                id + ": " + memberId + " has lost " + partition + ", and commits in it");
        committed.merge(partition, offset, Math::max);
    }

    /// What a fetch has told.
    ///
    /// @param least what was certain when it was sent
    void fetched(GroupPartition partition, long offset, long least) {
        BrokenPromise.unless(
                offset >= least,
                id + ": committed " + least + " in " + partition + ", and now it is " + offset);
    }

    /// Nobody may work on what another one works on.
    void check(List<Holdings> all, long nowMs) {
        var owners = new HashMap<GroupPartition, Holdings>();
        for (Holdings each : all) {
            for (GroupPartition partition : each.certain(nowMs)) {
                Holdings other = owners.put(partition, each);
                BrokenPromise.unless(
                        other == null, id + ": " + partition + " is with two of its consumers");
            }
        }
    }
}
