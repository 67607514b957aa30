package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// What the coordinator answers. A command that fails as a whole is [Refused]; one that can fail in
/// parts has an error per part, null where there is none.
public sealed interface GroupReply {

    /// A reply and the ticket of the command that it answers.
    record Addressed(long ticket, GroupReply reply) {}

    /// To any command: nothing was done.
    record Refused(ErrorCode error) implements GroupReply {}

    /// To a join without a member id: come again with this one (`MEMBER_ID_REQUIRED`, KIP-394).
    record MemberIdRequired(String memberId) implements GroupReply {}

    /// To a join: the new (or, where nothing changed, the present) generation.
    ///
    /// @param skipAssignment true to a leader that must not assign: the assignment stands
    /// @param members everybody, to the leader; nobody, to the others
    record Joined(
            int generation,
            String protocolType,
            String protocolName,
            String leader,
            boolean skipAssignment,
            String memberId,
            List<JoinedMember> members)
            implements GroupReply {}

    /// A member as its leader sees it.
    ///
    /// @param metadata what the member said with the protocol that was chosen
    record JoinedMember(String memberId, @Nullable String instanceId, GroupBytes metadata) {}

    record Synced(String protocolType, String protocolName, GroupBytes assignment)
            implements GroupReply {}

    /// To a heartbeat: nothing to do, the session is renewed.
    record Alive() implements GroupReply {}

    record Left(List<LeftMember> members) implements GroupReply {}

    record LeftMember(String memberId, @Nullable String instanceId, @Nullable ErrorCode error) {}

    /// In the order of the command.
    record OffsetsCommitted(List<PartitionResult> partitions) implements GroupReply {}

    /// In the order of the command; the offset is -1 where nothing is committed.
    ///
    /// @param unstable partitions of which nothing is told, because an open transaction may change
    ///   their offset; their offset is -1
    record OffsetsFetched(List<GroupOffset> offsets, Set<GroupPartition> unstable)
            implements GroupReply {}

    record TransactionEnded() implements GroupReply {}

    /// In the order of the command. A partition without an offset is no error.
    record OffsetsDeleted(List<PartitionResult> partitions) implements GroupReply {}

    record PartitionResult(GroupPartition partition, @Nullable ErrorCode error) {}

    record GroupsDeleted(List<GroupResult> groups) implements GroupReply {}

    record GroupResult(String groupId, @Nullable ErrorCode error) {}

    /// By group id.
    record GroupsListed(List<ListedGroup> groups) implements GroupReply {}

    /// One line of a list of groups.
    ///
    /// @param protocolType empty for a group that only ever committed offsets
    record ListedGroup(String groupId, String protocolType, GroupPhase phase, GroupType type) {
        /// A classic group.
        ListedGroup(String groupId, String protocolType, GroupPhase phase) {
            this(groupId, protocolType, phase, GroupType.CLASSIC);
        }
    }

    /// In the order of the command; a group that does not exist is [GroupPhase#DEAD].
    record GroupsDescribed(List<DescribedGroup> groups) implements GroupReply {}

    /// A group in full.
    ///
    /// @param protocolName empty unless the group is stable
    record DescribedGroup(
            String groupId,
            GroupPhase phase,
            String protocolType,
            String protocolName,
            List<DescribedMember> members) {}

    /// A member as an administrator sees it.
    ///
    /// @param metadata empty unless the group is stable, as is `assignment`
    record DescribedMember(
            String memberId,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            GroupBytes metadata,
            GroupBytes assignment) {}

    record TopicsForgotten() implements GroupReply {}

    /// To a heartbeat of a member of a consumer group.
    ///
    /// @param heartbeatIntervalMs until the next one
    /// @param assignment what the member may work on from now on; null when that is as it was
    record ConsumerBeat(
            String memberId,
            int memberEpoch,
            int heartbeatIntervalMs,
            @Nullable SortedSet<GroupPartition> assignment)
            implements GroupReply {}

    /// In the order of the command.
    record ConsumerGroupsDescribed(List<ConsumerGroupDescription> groups) implements GroupReply {}

    /// What there is to say about a consumer group.
    sealed interface ConsumerGroupDescription {
        String groupId();
    }

    /// There is no consumer group of that name.
    record NoConsumerGroup(String groupId) implements ConsumerGroupDescription {}

    /// A consumer group in full.
    ///
    /// @param targetEpoch the epoch that the members' targets are for
    record DescribedConsumerGroup(
            String groupId,
            GroupPhase phase,
            int epoch,
            int targetEpoch,
            String assignor,
            List<DescribedConsumer> members)
            implements ConsumerGroupDescription {}

    /// A member as an administrator sees it.
    ///
    /// @param holds what it works on, be it that it has to give it up
    record DescribedConsumer(
            GroupRecord.SaidByMember said,
            int epoch,
            SortedSet<GroupPartition> holds,
            SortedSet<GroupPartition> target) {}

    /// To a heartbeat of a member of a streams group.
    ///
    /// @param statuses what the application has to know, or its people
    /// @param tasks what the member has from now on, in all roles; null when that is as it was
    /// @param endpointEpoch grows with what `endpoints` would tell
    /// @param endpoints who can be asked for what state; null when that is as it was
    /// @param topicsToMake topics that are made for the application and are not there
    record StreamsBeat(
            String memberId,
            int memberEpoch,
            int heartbeatIntervalMs,
            List<StreamsStatus> statuses,
            @Nullable SortedSet<StreamsTask> tasks,
            int endpointEpoch,
            @Nullable List<EndpointPartitions> endpoints,
            List<TopicToMake> topicsToMake)
            implements GroupReply {}

    /// Something that keeps an application from working, or is to end it.
    record StreamsStatus(StreamsCondition condition, String detail) {}

    /// What can be the matter with a streams application.
    enum StreamsCondition {
        STALE_TOPOLOGY,
        SOURCE_TOPICS_MISSING,
        TOPICS_WRONGLY_PARTITIONED,
        INTERNAL_TOPICS_MISSING,
        SHUTDOWN,
        ASSIGNMENT_DELAYED
    }

    /// A topic to make for an application.
    record TopicToMake(String name, int partitions, SortedMap<String, String> settings) {}

    /// What a member can be asked for: numbers of partitions by topic.
    record EndpointPartitions(
            StreamsMember.Endpoint endpoint,
            SortedMap<String, List<Integer>> active,
            SortedMap<String, List<Integer>> standby) {}

    /// In the order of the command.
    record StreamsGroupsDescribed(List<StreamsGroupDescription> groups) implements GroupReply {}

    /// What there is to say about a streams group.
    sealed interface StreamsGroupDescription {
        String groupId();
    }

    /// There is no streams group of that name.
    record NoStreamsGroup(String groupId) implements StreamsGroupDescription {}

    /// A streams group in full.
    ///
    /// @param topology null in a group that never had a member
    record DescribedStreamsGroup(
            String groupId,
            GroupPhase phase,
            int epoch,
            int targetEpoch,
            @Nullable StreamsTopology topology,
            List<StreamsMember> members)
            implements StreamsGroupDescription {}
}
