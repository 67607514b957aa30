package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.List;
import java.util.Set;
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
    record ListedGroup(String groupId, String protocolType, GroupPhase phase) {}

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
}
