package io.sinew.groups;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;

/// The bounds that the coordinator enforces. Each names the Kafka broker config it is.
///
/// @param sessionTimeoutMinMs shortest session a member may ask for, at least 1:
///   `group.min.session.timeout.ms`
/// @param sessionTimeoutMaxMs longest session a member may ask for: `group.max.session.timeout.ms`
/// @param membersMax members of one group, and as many ids handed out and not yet used:
///   `group.max.size`
/// @param initialRebalanceDelayMs how long a group that was empty waits for more members before its
///   first rebalance completes, 0 for not at all: `group.initial.rebalance.delay.ms`
/// @param newMemberJoinTimeoutMs how long the parked join of a member that does not know its id yet
///   is kept; Kafka has it as a constant
/// @param offsetMetadataMaxLength UTF-16 units of the text beside a committed offset:
///   `offset.metadata.max.bytes`
/// @param offsetsRetentionMs how long offsets outlive their group's last member, or, where there
///   never was a member, their commit: `offsets.retention.minutes`
/// @param groupsMax groups in this broker, ours
public record GroupLimits(
        int sessionTimeoutMinMs,
        int sessionTimeoutMaxMs,
        int membersMax,
        int initialRebalanceDelayMs,
        int newMemberJoinTimeoutMs,
        int offsetMetadataMaxLength,
        long offsetsRetentionMs,
        int groupsMax) {

    /// Ways of assigning partitions that one member may offer. Ours, as are those that follow.
    static final int PROTOCOLS_MAX = 64;

    /// What one member may say about itself in a join: bytes of metadata and characters of names.
    static final int METADATA_MAX_BYTES = 1 << 20;

    /// Bytes that a leader may assign to one member.
    static final int ASSIGNMENT_MAX_BYTES = 1 << 20;

    /// UTF-16 units of a `group.instance.id`, as in Kafka's clients. Of a client id as many become
    /// part of a member id.
    static final int MEMBER_NAME_MAX_LENGTH = 249;

    /// UTF-16 units of a member id that is looked for at all; those given out are shorter.
    static final int MEMBER_ID_MAX_LENGTH = 512;

    public GroupLimits {
        atLeast("group.min.session.timeout.ms", sessionTimeoutMinMs, 1);
        atLeast("group.max.session.timeout.ms", sessionTimeoutMaxMs, sessionTimeoutMinMs);
        atLeast("group.max.size", membersMax, 1);
        atLeast("group.initial.rebalance.delay.ms", initialRebalanceDelayMs, 0);
        atLeast("the join timeout of new members", newMemberJoinTimeoutMs, 1);
        atLeast("offset.metadata.max.bytes", offsetMetadataMaxLength, 0);
        atLeast("offsets.retention.minutes (in ms)", offsetsRetentionMs, 1);
        atLeast("the number of groups", groupsMax, 1);
    }

    /// Kafka's defaults, but no initial delay (Kafka: 3 s) and bounds where Kafka has none.
    public static GroupLimits defaults() {
        return new GroupLimits(
                6_000, 1_800_000, 10_000, 0, 300_000, 4_096, 7L * 24 * 3_600_000, 100_000);
    }

    /// Whether a member that wants to join keeps to the bounds.
    static boolean allows(GroupCommand.Join join) {
        String instanceId = join.instanceId();
        if (join.memberId().length() > MEMBER_ID_MAX_LENGTH
                || (instanceId != null && instanceId.length() > MEMBER_NAME_MAX_LENGTH)
                || join.protocols().size() > PROTOCOLS_MAX) {
            return false;
        }
        long size = join.protocolType().length();
        for (GroupCommand.Protocol protocol : join.protocols()) {
            size += protocol.name().length() + (long) protocol.metadata().sizeBytes();
        }
        return size <= METADATA_MAX_BYTES;
    }

    /// Whether a leader's assignments keep to the bounds.
    static boolean allows(GroupCommand.Sync sync) {
        return sync.assignments().values().stream()
                .allMatch(assignment -> assignment.sizeBytes() <= ASSIGNMENT_MAX_BYTES);
    }

    /// As much of a client id as a member id takes.
    static String memberName(String clientId) {
        if (clientId.length() <= MEMBER_NAME_MAX_LENGTH) {
            return clientId;
        }
        // Half of a surrogate pair would not survive its encoding.
        boolean splits = Character.isHighSurrogate(clientId.charAt(MEMBER_NAME_MAX_LENGTH - 1));
        return clientId.substring(0, MEMBER_NAME_MAX_LENGTH - (splits ? 1 : 0));
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG, name + " is " + value + "; the least is " + least);
        }
    }
}
