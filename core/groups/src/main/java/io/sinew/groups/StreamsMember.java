package io.sinew.groups;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A member of a streams group (KIP-1071). Immutable.
///
/// @param processId members with the same share a disk
/// @param endpoint where other members ask for its state, null for nowhere
/// @param topologyEpoch the version of the application that it runs
/// @param target what it shall have
/// @param holding where it stands
public record StreamsMember(
        String memberId,
        @Nullable String rackId,
        String clientId,
        String clientHost,
        int rebalanceTimeoutMs,
        String processId,
        @Nullable Endpoint endpoint,
        SortedMap<String, String> tags,
        int topologyEpoch,
        SortedSet<StreamsTask> target,
        Holding<StreamsTask> holding) {

    /// Where a member can be asked.
    public record Endpoint(String host, int port) {}

    public StreamsMember {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        target = Collections.unmodifiableSortedSet(new TreeSet<>(target));
    }

    /// A member that has just come and said nothing.
    static StreamsMember joining(String memberId) {
        return new StreamsMember(
                memberId,
                null,
                "",
                "",
                -1,
                "",
                null,
                new TreeMap<>(),
                -1,
                new TreeSet<>(),
                Holding.none());
    }

    StreamsMember withTarget(SortedSet<StreamsTask> newTarget) {
        return new StreamsMember(
                memberId,
                rackId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                processId,
                endpoint,
                tags,
                topologyEpoch,
                newTarget,
                holding);
    }

    StreamsMember holding(Holding<StreamsTask> newHolding) {
        return new StreamsMember(
                memberId,
                rackId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                processId,
                endpoint,
                tags,
                topologyEpoch,
                target,
                newHolding);
    }

    /// Whether it says of itself what another one did, whatever both have and shall have.
    boolean saysTheSameAs(StreamsMember other) {
        return withTarget(other.target).holding(other.holding).equals(other);
    }

    int epoch() {
        return holding.epoch();
    }
}
