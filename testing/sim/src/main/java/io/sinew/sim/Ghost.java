package io.sinew.sim;

import io.sinew.groups.GroupPartition;
import java.util.Map;
import java.util.Set;

/// A consumer that nobody has heard of for some time, and that still believes to be a member: what
/// it commits late must not count any more once others have its partitions.
record Ghost(SharedGroup group, String memberId, int epoch, Map<GroupPartition, Long> positions) {
    Ghost {
        positions = Map.copyOf(positions);
    }

    Set<GroupPartition> partitions() {
        return positions.keySet();
    }
}
