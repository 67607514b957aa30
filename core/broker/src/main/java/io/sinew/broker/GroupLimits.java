package io.sinew.broker;

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

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG, name + " is " + value + "; the least is " + least);
        }
    }
}
