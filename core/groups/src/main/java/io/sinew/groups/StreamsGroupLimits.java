package io.sinew.groups;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;

/// What is in force for streams groups (KIP-1071). Each names the Kafka broker config it is.
///
/// @param sessionTimeoutMs how long a silent member is believed to be alive:
///   `group.streams.session.timeout.ms`
/// @param heartbeatIntervalMs how often a member is told to send heartbeats:
///   `group.streams.heartbeat.interval.ms`
/// @param assignmentIntervalMs least time between two assignments of one group, 0 for none:
///   `group.streams.assignment.interval.ms`
/// @param initialDelayMs how long a group that was empty waits for more members before its first
///   assignment: `group.streams.initial.rebalance.delay.ms`
/// @param membersMax members of one group: `group.streams.max.size`
/// @param standbys copies of each task with state: `group.streams.num.standby.replicas`
public record StreamsGroupLimits(
        int sessionTimeoutMs,
        int heartbeatIntervalMs,
        int assignmentIntervalMs,
        int initialDelayMs,
        int membersMax,
        int standbys) {

    /// Parts of one topology. Ours, as are those that follow.
    static final int SUBTOPOLOGIES_MAX = 1_000;

    /// Topics that one topology may name.
    static final int TOPICS_MAX = 10_000;

    /// Tasks that a member may say it has.
    static final int OWNED_MAX = 100_000;

    /// Tags of one member.
    static final int TAGS_MAX = 100;

    /// UTF-16 units of a name that a member gives anything.
    static final int NAME_MAX_LENGTH = 512;

    public StreamsGroupLimits {
        atLeast("group.streams.heartbeat.interval.ms", heartbeatIntervalMs, 1);
        atLeast("group.streams.session.timeout.ms", sessionTimeoutMs, heartbeatIntervalMs + 1L);
        atLeast("group.streams.assignment.interval.ms", assignmentIntervalMs, 0);
        atLeast("group.streams.initial.rebalance.delay.ms", initialDelayMs, 0);
        atLeast("group.streams.max.size", membersMax, 1);
        atLeast("group.streams.num.standby.replicas", standbys, 0);
    }

    /// Kafka's defaults, but no initial delay (Kafka: 3 s) and a bound to the members.
    public static StreamsGroupLimits defaults() {
        return new StreamsGroupLimits(45_000, 5_000, 1_000, 0, 10_000, 0);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG, name + " is " + value + "; the least is " + least);
        }
    }
}
