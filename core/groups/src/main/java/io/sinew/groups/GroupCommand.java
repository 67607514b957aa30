package io.sinew.groups;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a client, or the broker itself, asks of the group coordinator. Each command has one ticket
/// and gets exactly one [GroupReply].
///
/// There is no command for a connection that went away: as in Kafka its member stays until its
/// session ends or it joins again. The runner drops replies whose ticket nobody waits for.
///
/// Reasons (KIP-800) are for whoever logs commands; they decide nothing.
public sealed interface GroupCommand {

    /// One way of assigning partitions that a member knows, with what it would say to a leader.
    record Protocol(String name, GroupBytes metadata) {}

    /// Who somebody says to be: in which group, and in which generation. Whether it is true is for
    /// the group to find out.
    ///
    /// @param generation -1 from a client that commits offsets without being a member
    /// @param memberId empty from such a client
    /// @param instanceId the name of a static member (KIP-345), null for a dynamic one
    record Claim(String groupId, int generation, String memberId, @Nullable String instanceId) {}

    /// `JoinGroup`. Parked until the rebalance completes.
    ///
    /// @param memberId empty at the first time
    /// @param rebalanceTimeoutMs how long a rebalance waits for this member; in version 0 of the
    ///   request the session timeout
    /// @param protocols in order of preference
    /// @param options what depends on the version of the request
    /// @param freshMemberId random; becomes part of the id if this member needs one
    record Join(
            String groupId,
            String memberId,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            int sessionTimeoutMs,
            int rebalanceTimeoutMs,
            String protocolType,
            List<Protocol> protocols,
            JoinOptions options,
            @Nullable String reason,
            UUID freshMemberId)
            implements GroupCommand {
        public Join {
            protocols = List.copyOf(protocols);
        }
    }

    /// What the version of a `JoinGroup` request lets the coordinator do.
    ///
    /// @param requireKnownMemberId version 4 and up (KIP-394): a dynamic member without an id gets
    ///   one and has to come again with it
    /// @param canSkipAssignment version 9 and up (KIP-814): a static leader that came back can be
    ///   told that the assignment stands
    record JoinOptions(boolean requireKnownMemberId, boolean canSkipAssignment) {}

    /// `SyncGroup`. Parked until the leader's own arrives, which carries everybody's assignment.
    ///
    /// @param protocolType null before version 5 (KIP-559), as is `protocolName`
    /// @param assignments by member id; empty unless from the leader
    record Sync(
            Claim claim,
            @Nullable String protocolType,
            @Nullable String protocolName,
            Map<String, GroupBytes> assignments)
            implements GroupCommand {
        public Sync {
            assignments = Map.copyOf(assignments);
        }
    }

    record Heartbeat(Claim claim) implements GroupCommand {}

    /// `LeaveGroup`; before version 3 with one member.
    record Leave(String groupId, List<LeavingMember> members) implements GroupCommand {
        public Leave {
            members = List.copyOf(members);
        }
    }

    /// One member that leaves, or is told to.
    ///
    /// @param memberId empty when an administrator removes a static member by its instance id
    record LeavingMember(String memberId, @Nullable String instanceId, @Nullable String reason) {}

    /// `OffsetCommit`. The caller of this command has made sure that the partitions exist: they are
    /// what bounds the number of offsets, so that none may come twice. A group that is not there is
    /// refused as such; older clients have to be told of a wrong generation instead.
    record CommitOffsets(Claim claim, List<GroupOffset> offsets) implements GroupCommand {
        public CommitOffsets {
            offsets = List.copyOf(offsets);
        }
    }

    /// `TxnOffsetCommit`: as [CommitOffsets], but the offsets count when the producer's transaction
    /// is committed. Whoever gives this command has made sure that the group takes part in it.
    /// Before version 3 the caller says nothing of itself, and is not checked.
    record CommitOffsetsLater(Claim claim, long producerId, List<GroupOffset> offsets)
            implements GroupCommand {
        public CommitOffsetsLater {
            offsets = List.copyOf(offsets);
        }
    }

    /// From the transaction coordinator: the producer's transaction has ended.
    record EndTransaction(String groupId, long producerId, boolean committed)
            implements GroupCommand {}

    /// `OffsetFetch` for one group. A classic group does not check who asks, as in Kafka.
    ///
    /// @param partitions null for all that have an offset
    /// @param stable tell of a partition whose offset an open transaction may change, instead of
    ///   giving the present one (KIP-447)
    record FetchOffsets(String groupId, @Nullable List<GroupPartition> partitions, boolean stable)
            implements GroupCommand {
        public FetchOffsets {
            partitions = partitions == null ? null : List.copyOf(partitions);
        }
    }

    /// `OffsetDelete`.
    record DeleteOffsets(String groupId, List<NamedPartition> partitions) implements GroupCommand {
        public DeleteOffsets {
            partitions = List.copyOf(partitions);
        }
    }

    /// A partition under both its names.
    ///
    /// @param topic the topic's name, which is what subscriptions speak of
    record NamedPartition(String topic, GroupPartition partition) {}

    record DeleteGroups(List<String> groupIds) implements GroupCommand {
        public DeleteGroups {
            groupIds = List.copyOf(groupIds);
        }
    }

    /// `ListGroups`. Names are compared without regard to case.
    ///
    /// @param phases wire names of the phases wanted, empty for all
    /// @param types of groups wanted, empty for all; there is only `classic`
    record ListGroups(Set<String> phases, Set<String> types) implements GroupCommand {
        public ListGroups {
            phases = Set.copyOf(phases);
            types = Set.copyOf(types);
        }
    }

    record DescribeGroups(List<String> groupIds) implements GroupCommand {
        public DescribeGroups {
            groupIds = List.copyOf(groupIds);
        }
    }

    /// From the broker itself: the topics are gone, and every group's offsets in them with them.
    record ForgetTopics(Set<UUID> topicIds) implements GroupCommand {
        public ForgetTopics {
            topicIds = Set.copyOf(topicIds);
        }
    }
}
