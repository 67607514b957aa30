package io.sinew.groups;

import java.util.Comparator;
import java.util.UUID;

/// What a committed offset belongs to. The topic is named by its id, so that the offsets of a
/// deleted topic never apply to a new one of the same name.
public record GroupPartition(UUID topicId, int partition) implements Comparable<GroupPartition> {
    private static final Comparator<GroupPartition> ORDER =
            Comparator.comparing(GroupPartition::topicId)
                    .thenComparingInt(GroupPartition::partition);

    @Override
    public int compareTo(GroupPartition other) {
        return ORDER.compare(this, other);
    }
}
