package io.sinew.sim;

import io.sinew.groups.GroupPartition;
import java.util.HashMap;
import java.util.Map;

/// What is known for certain of one consumer group, from answers that were durable.
final class GroupModel {
    final String id;

    /// The largest offset that was acknowledged, by partition.
    private final Map<GroupPartition, Long> committed = new HashMap<>();

    /// Which assignment each generation got; an assignment carries a mark that is used once.
    private final Map<Integer, String> marks = new HashMap<>();

    private int storedGeneration;
    private int newestGeneration;

    GroupModel(String id) {
        this.id = id;
    }

    int newestGeneration() {
        return newestGeneration;
    }

    /// The least that a fetch from now on may say; -1 where nothing is certain.
    long committed(GroupPartition partition) {
        return committed.getOrDefault(partition, -1L);
    }

    /// A member was told of its generation. A group without members and offsets is forgotten after
    /// a while, and then counts its generations anew.
    ///
    /// @param anyOffsets whether the group has offsets, so that it cannot have been forgotten
    void joined(int generation, boolean anyOffsets) {
        if (generation <= storedGeneration && !anyOffsets) {
            marks.clear();
            storedGeneration = 0;
            newestGeneration = 0;
        }
        BrokenPromise.unless(
                generation >= storedGeneration,
                id + ": generation " + generation + " comes after " + storedGeneration);
        newestGeneration = Math.max(newestGeneration, generation);
    }

    /// A member was given its part of an assignment.
    void synced(int generation, String mark) {
        String known = marks.putIfAbsent(generation, mark);
        BrokenPromise.unless(
                known == null || known.equals(mark),
                id + ": generation " + generation + " has two assignments");
        storedGeneration = Math.max(storedGeneration, generation);
    }

    /// A commit was acknowledged.
    ///
    /// @param newestBefore the newest generation that was known when it was sent
    void committed(GroupPartition partition, long offset, int generation, int newestBefore) {
        BrokenPromise.unless(
                generation < 0 || generation >= newestBefore,
                id + ": a member of generation " + generation + " commits in " + newestBefore);
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

    /// Generations that were not stored are forgotten: after a restart, and after a record that the
    /// log did not take.
    void forgetUnstored() {
        newestGeneration = storedGeneration;
    }
}
