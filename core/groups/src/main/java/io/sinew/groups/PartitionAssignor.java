package io.sinew.groups;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// A way to share out partitions among members: a function, the same for the same arguments.
interface PartitionAssignor {
    /// Who takes part.
    ///
    /// @param instanceId of a static member, null of a dynamic one
    /// @param topics that it subscribes to
    /// @param former its target up to now
    record Subscriber(
            String memberId,
            @Nullable String instanceId,
            Set<GroupTopic> topics,
            SortedSet<GroupPartition> former) {}

    /// Each partition of each topic that anybody subscribes to, with one of its subscribers.
    ///
    /// @return by member id; somebody for every subscriber
    Map<String, SortedSet<GroupPartition>> assign(List<Subscriber> subscribers);

    /// The one that the protocol knows by this name.
    static Optional<PartitionAssignor> named(String name) {
        return switch (name) {
            case UniformAssignor.NAME -> Optional.of(new UniformAssignor());
            case RangeAssignor.NAME -> Optional.of(new RangeAssignor());
            default -> Optional.empty();
        };
    }
}
