package io.sinew.sim;

import io.sinew.groups.GroupPartition;
import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a consumer believes to work on, up to where it has read, and how long it may believe it: a
/// coordinator that hears nothing gives it to others.
final class Holdings {
    /// In milliseconds. The times of the coordinator are whole ones, and so may be late by one.
    private static final long MARGIN_MS = 10;

    /// Where it has not asked yet how far it was read.
    static final long UNKNOWN = -1;

    private final long sessionMs;
    private final long rebalanceMs;
    private final SortedMap<GroupPartition, Long> positions = new TreeMap<>();
    private long heardMs = Long.MIN_VALUE / 2;

    /// Since when it may have been told to give something up.
    private long toGiveUpMs = Long.MAX_VALUE / 2;

    Holdings(long sessionMs, long rebalanceMs) {
        this.sessionMs = sessionMs;
        this.rebalanceMs = rebalanceMs;
    }

    SortedMap<GroupPartition, Long> positions() {
        return positions;
    }

    Set<GroupPartition> owned() {
        return positions.keySet();
    }

    /// What nobody else may work on now.
    Set<GroupPartition> certain(long nowMs) {
        long untilMs = Math.min(heardMs + sessionMs, toGiveUpMs + rebalanceMs) - MARGIN_MS;
        return nowMs < untilMs ? positions.keySet() : Set.of();
    }

    /// Partitions whose positions are known.
    Set<GroupPartition> known() {
        var known = new TreeSet<>(positions.keySet());
        known.removeIf(partition -> positions.getOrDefault(partition, UNKNOWN) == UNKNOWN);
        return known;
    }

    void take(Collection<GroupPartition> partitions) {
        partitions.forEach(partition -> positions.putIfAbsent(partition, UNKNOWN));
    }

    void keepOnly(Collection<GroupPartition> partitions) {
        positions.keySet().retainAll(partitions);
    }

    /// It is no member any more, or begins anew.
    void clear() {
        positions.clear();
        heardMs = Long.MIN_VALUE / 2;
        toGiveUpMs = Long.MAX_VALUE / 2;
    }

    /// Something that was sent then was answered: it is a member.
    void heard(long sentMs) {
        heardMs = Math.max(heardMs, sentMs);
    }

    /// Something that was sent then may have been answered so that it has to give something up.
    void mayHaveToGiveUp(long sentMs) {
        toGiveUpMs = Math.min(toGiveUpMs, sentMs);
    }

    /// It has nothing to give up.
    void hasNotToGiveUp() {
        toGiveUpMs = Long.MAX_VALUE / 2;
    }
}
