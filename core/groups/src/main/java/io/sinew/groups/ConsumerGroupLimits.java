package io.sinew.groups;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.List;

/// What is in force for consumer groups (KIP-848). Each names the Kafka broker config it is.
///
/// @param sessionTimeoutMs how long a silent member is believed to be alive:
///   `group.consumer.session.timeout.ms`
/// @param heartbeatIntervalMs how often a member is told to send heartbeats:
///   `group.consumer.heartbeat.interval.ms`
/// @param assignmentIntervalMs least time between two assignments of one group, 0 for none:
///   `group.consumer.assignment.interval.ms`
/// @param membersMax members of one group: `group.consumer.max.size`
/// @param assignors names of those that members may choose from; the first is taken when nobody
///   chooses: `group.consumer.assignors`
/// @param migration which groups with members may change their protocol:
///   `group.consumer.migration.policy`
public record ConsumerGroupLimits(
        int sessionTimeoutMs,
        int heartbeatIntervalMs,
        int assignmentIntervalMs,
        int membersMax,
        List<String> assignors,
        Migration migration) {

    /// Topic names in one subscription. Ours, as are those that follow.
    static final int TOPICS_MAX = 10_000;

    /// UTF-16 units of a pattern of topic names.
    static final int PATTERN_MAX_LENGTH = 1_000;

    /// Different patterns in one group.
    static final int PATTERNS_MAX = 100;

    /// UTF-16 units of a rack's name.
    static final int RACK_MAX_LENGTH = 249;

    /// Partitions that a member may say it works on.
    static final int OWNED_MAX = 200_000;

    /// Which way groups with members may go. `DISABLED` keeps each what it is.
    public enum Migration {
        DISABLED,
        UPGRADE,
        DOWNGRADE,
        BIDIRECTIONAL;

        boolean upgrades() {
            return this == UPGRADE || this == BIDIRECTIONAL;
        }

        boolean downgrades() {
            return this == DOWNGRADE || this == BIDIRECTIONAL;
        }
    }

    public ConsumerGroupLimits {
        assignors = List.copyOf(assignors);
        atLeast("group.consumer.heartbeat.interval.ms", heartbeatIntervalMs, 1);
        atLeast("group.consumer.session.timeout.ms", sessionTimeoutMs, heartbeatIntervalMs + 1L);
        atLeast("group.consumer.assignment.interval.ms", assignmentIntervalMs, 0);
        atLeast("group.consumer.max.size", membersMax, 1);
        for (String name : assignors) {
            if (PartitionAssignor.named(name).isEmpty()) {
                throw new SinewException(
                        ErrorCode.INVALID_CONFIG,
                        "group.consumer.assignors knows `uniform` and `range`, not `" + name + "`");
            }
        }
        if (assignors.isEmpty()) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "group.consumer.assignors is empty; name `uniform`, `range` or both");
        }
    }

    /// Kafka's defaults, but a bound to the members.
    public static ConsumerGroupLimits defaults() {
        return new ConsumerGroupLimits(
                45_000,
                5_000,
                1_000,
                10_000,
                List.of(UniformAssignor.NAME, RangeAssignor.NAME),
                Migration.BIDIRECTIONAL);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG, name + " is " + value + "; the least is " + least);
        }
    }
}
