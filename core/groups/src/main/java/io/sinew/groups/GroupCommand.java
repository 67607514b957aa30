package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
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
    /// @param generation in a group of one of the new protocols the member's epoch; -1 from a
    ///   client that commits offsets without being a member
    /// @param memberId empty from such a client
    /// @param instanceId the name of a static member (KIP-345), null for a dynamic one
    record Claim(String groupId, int generation, String memberId, @Nullable String instanceId) {
        /// Nothing is said that could be checked.
        boolean isAnonymous() {
            return generation < 0 && memberId.isEmpty() && instanceId == null;
        }
    }

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
    ///
    /// @param memberId who asks, null from whoever does not say; a group of one of the new
    ///   protocols checks it, and `memberEpoch`, which is -1 then
    /// @param stable tell of a partition whose offset an open transaction may change, instead of
    ///   giving the present one (KIP-447)
    record FetchOffsets(
            String groupId,
            @Nullable List<GroupPartition> partitions,
            @Nullable String memberId,
            int memberEpoch,
            boolean stable)
            implements GroupCommand {
        public FetchOffsets {
            partitions = partitions == null ? null : List.copyOf(partitions);
        }

        /// By somebody who does not say who they are.
        public FetchOffsets(
                String groupId, @Nullable List<GroupPartition> partitions, boolean stable) {
            this(groupId, partitions, null, -1, stable);
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
    /// @param types of groups wanted, by their wire names, empty for all
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

    /// `ConsumerGroupHeartbeat` (KIP-848): everything that a member of a consumer group says. What
    /// is null, or -1 where it is a number, is as it was the last time.
    ///
    /// @param memberId empty at the first time from older clients
    /// @param memberEpoch as it was told, or one of the words in [Holding]
    /// @param pattern of names of topics; empty for none
    /// @param owned the partitions that it works on
    /// @param freshMemberId random; becomes the id of a member that has none
    record ConsumerHeartbeat(
            String groupId,
            String memberId,
            int memberEpoch,
            @Nullable String instanceId,
            @Nullable String rackId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            @Nullable List<String> topics,
            @Nullable String pattern,
            @Nullable String assignor,
            @Nullable SortedSet<GroupPartition> owned,
            UUID freshMemberId)
            implements GroupCommand {
        public ConsumerHeartbeat {
            topics = topics == null ? null : List.copyOf(topics);
        }

        boolean leaves() {
            return memberEpoch == Holding.LEAVING || memberEpoch == Holding.LEFT_FOR_A_WHILE;
        }

        /// The member begins, or begins again: it wants to be told everything.
        boolean isFull() {
            return rebalanceTimeoutMs != -1 && (topics != null || pattern != null) && owned != null;
        }

        /// What the member has said, with what it says now.
        GroupRecord.SaidByMember appliedTo(GroupRecord.SaidByMember before) {
            return new GroupRecord.SaidByMember(
                    before.memberId(),
                    instanceId == null ? before.instanceId() : instanceId,
                    rackId == null ? before.rackId() : rackId,
                    GroupLimits.memberName(clientId),
                    clientHost,
                    rebalanceTimeoutMs == -1 ? before.rebalanceTimeoutMs() : rebalanceTimeoutMs,
                    topics == null ? before.topics() : topics,
                    pattern == null ? before.pattern() : pattern,
                    assignor == null ? before.assignor() : assignor,
                    null);
        }

        /// Why this can't be served whatever the group is; null when it can.
        @Nullable ErrorCode refusal(ConsumerGroupLimits limits) {
            boolean named = !memberId.isEmpty() || memberEpoch == Holding.JOINING;
            boolean joins =
                    memberEpoch != Holding.JOINING
                            || (isFull() && owned != null && owned.isEmpty());
            boolean away = memberEpoch != Holding.LEFT_FOR_A_WHILE || instanceId != null;
            boolean sound =
                    !groupId.isEmpty()
                            && memberEpoch >= Holding.LEFT_FOR_A_WHILE
                            && named
                            && joins
                            && away
                            && fits(instanceId, GroupLimits.MEMBER_NAME_MAX_LENGTH)
                            && fits(rackId, ConsumerGroupLimits.RACK_MAX_LENGTH)
                            && memberId.length() <= GroupLimits.MEMBER_ID_MAX_LENGTH
                            && (topics == null || topics.size() <= ConsumerGroupLimits.TOPICS_MAX)
                            && (owned == null || owned.size() <= ConsumerGroupLimits.OWNED_MAX);
            if (!sound) {
                return ErrorCode.INVALID_REQUEST;
            }
            if (pattern != null && pattern.length() > ConsumerGroupLimits.PATTERN_MAX_LENGTH) {
                return ErrorCode.INVALID_REGULAR_EXPRESSION;
            }
            return assignor == null || limits.assignors().contains(assignor)
                    ? null
                    : ErrorCode.UNSUPPORTED_ASSIGNOR;
        }

        private static boolean fits(@Nullable String name, int maxLength) {
            return name == null || (!name.isEmpty() && name.length() <= maxLength);
        }
    }

    /// `ConsumerGroupDescribe`.
    record DescribeConsumerGroups(List<String> groupIds) implements GroupCommand {
        public DescribeConsumerGroups {
            groupIds = List.copyOf(groupIds);
        }
    }

    /// `StreamsGroupHeartbeat` (KIP-1071): everything that a member of a streams group says. What
    /// is null, or -1 where it is a number, is as it was the last time.
    ///
    /// @param memberEpoch as it was told, or one of the words in [Holding]
    /// @param topology with the first heartbeat only
    /// @param owned the tasks that it has, in all roles
    /// @param endpointEpoch of what it was told last about endpoints
    /// @param shutdown the whole application is to end
    record StreamsHeartbeat(
            String groupId,
            String memberId,
            int memberEpoch,
            @Nullable String rackId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            @Nullable StreamsTopology topology,
            @Nullable SortedSet<StreamsTask> owned,
            @Nullable String processId,
            StreamsMember.@Nullable Endpoint endpoint,
            @Nullable SortedMap<String, String> tags,
            int endpointEpoch,
            boolean shutdown)
            implements GroupCommand {

        boolean leaves() {
            return memberEpoch == Holding.LEAVING;
        }

        /// What the member has said, with what it says now.
        StreamsMember appliedTo(StreamsMember before) {
            return new StreamsMember(
                    memberId,
                    rackId == null ? before.rackId() : rackId,
                    GroupLimits.memberName(clientId),
                    clientHost,
                    rebalanceTimeoutMs == -1 ? before.rebalanceTimeoutMs() : rebalanceTimeoutMs,
                    processId == null ? before.processId() : processId,
                    endpoint == null ? before.endpoint() : endpoint,
                    tags == null ? before.tags() : tags,
                    topology == null ? before.topologyEpoch() : topology.epoch(),
                    before.target(),
                    before.holding());
        }

        /// Why this can't be served whatever the group is; null when it can.
        @Nullable ErrorCode refusal() {
            boolean joins =
                    memberEpoch != Holding.JOINING
                            || (rebalanceTimeoutMs != -1
                                    && topology != null
                                    && processId != null
                                    && (owned == null || owned.isEmpty()));
            boolean sound =
                    !groupId.isEmpty()
                            && !memberId.isEmpty()
                            && memberId.length() <= GroupLimits.MEMBER_ID_MAX_LENGTH
                            && memberEpoch >= Holding.LEAVING
                            && joins
                            && (rackId == null || !rackId.isEmpty())
                            && fits(rackId)
                            && fits(processId)
                            && fits(endpoint == null ? null : endpoint.host())
                            && (tags == null || tags.size() <= StreamsGroupLimits.TAGS_MAX)
                            && (owned == null || owned.size() <= StreamsGroupLimits.OWNED_MAX);
            if (!sound) {
                return ErrorCode.INVALID_REQUEST;
            }
            return topology == null || isSound(topology)
                    ? null
                    : ErrorCode.STREAMS_INVALID_TOPOLOGY;
        }

        private static boolean fits(@Nullable String name) {
            return name == null || name.length() <= StreamsGroupLimits.NAME_MAX_LENGTH;
        }

        private static boolean isSound(StreamsTopology topology) {
            int topics = 0;
            for (StreamsTopology.Subtopology part : topology.subtopologies()) {
                topics += part.sources().size() + part.repartitionSinks().size();
                topics += part.changelogs().size();
                if (!part.changelogs().stream().allMatch(topic -> topic.partitions() == 0)) {
                    return false;
                }
            }
            long ids =
                    topology.subtopologies().stream()
                            .map(StreamsTopology.Subtopology::id)
                            .distinct()
                            .count();
            return ids == topology.subtopologies().size()
                    && ids <= StreamsGroupLimits.SUBTOPOLOGIES_MAX
                    && topics <= StreamsGroupLimits.TOPICS_MAX;
        }
    }

    /// `StreamsGroupDescribe`.
    record DescribeStreamsGroups(List<String> groupIds) implements GroupCommand {
        public DescribeStreamsGroups {
            groupIds = List.copyOf(groupIds);
        }
    }
}
