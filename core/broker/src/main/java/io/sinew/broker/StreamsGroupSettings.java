package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.StreamsGroupLimits;
import java.util.List;

/// The broker settings of streams groups (KIP-1071), with Kafka's names, defaults and bounds.
final class StreamsGroupSettings {
    private static final String PREFIX = "group.streams.";
    private static final String STANDBYS = PREFIX + "num.standby.replicas";
    private static final String STANDBYS_MAX = PREFIX + "max.standby.replicas";

    static final List<Setting> ALL =
            List.of(
                    number(
                            "assignment.interval.ms",
                            1_000,
                            0,
                            "Least time between two assignments of one streams group; 0 for none."),
                    number(
                            "heartbeat.interval.ms",
                            5_000,
                            1,
                            "How often members of streams groups are told to send heartbeats."),
                    number(
                            "initial.rebalance.delay.ms",
                            0,
                            0,
                            "How long the first assignment of an empty streams group waits for more"
                                    + " members (Kafka: 3000)."),
                    number(
                            "max.assignment.interval.ms",
                            15_000,
                            0,
                            "Upper bound of `group.streams.assignment.interval.ms`."),
                    number(
                            "max.heartbeat.interval.ms",
                            15_000,
                            1,
                            "Upper bound of `group.streams.heartbeat.interval.ms`."),
                    number(
                            "max.session.timeout.ms",
                            60_000,
                            1,
                            "Upper bound of `group.streams.session.timeout.ms`."),
                    number(
                            "max.size",
                            10_000,
                            1,
                            "Members that one streams group may have (Kafka: no bound)."),
                    number(
                            "max.standby.replicas",
                            2,
                            0,
                            "Upper bound of `group.streams.num.standby.replicas`."),
                    number(
                            "min.assignment.interval.ms",
                            0,
                            0,
                            "Lower bound of `group.streams.assignment.interval.ms`."),
                    number(
                            "min.heartbeat.interval.ms",
                            5_000,
                            1,
                            "Lower bound of `group.streams.heartbeat.interval.ms`."),
                    number(
                            "min.session.timeout.ms",
                            45_000,
                            1,
                            "Lower bound of `group.streams.session.timeout.ms`."),
                    number(
                            "num.standby.replicas",
                            0,
                            0,
                            "Copies of each task with state that other processes of a streams"
                                    + " application keep."),
                    number(
                            "session.timeout.ms",
                            45_000,
                            1,
                            "How long a silent member of a streams group is believed to be alive."));

    private StreamsGroupSettings() {}

    private static Setting number(String name, int defaultValue, int least, String meaning) {
        return Setting.ofInt(PREFIX + name, defaultValue, least, Integer.MAX_VALUE, meaning);
    }

    /// What is set, as it is in force.
    ///
    /// @throws SinewException `INVALID_CONFIG`: a value is beyond the bounds that others set
    static StreamsGroupLimits limits(BrokerSettings settings) {
        int standbys = settings.intValue(STANDBYS);
        if (standbys > settings.intValue(STANDBYS_MAX)) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    STANDBYS + " is " + standbys + ", more than " + STANDBYS_MAX);
        }
        return new StreamsGroupLimits(
                ConsumerGroupSettings.bounded(settings, PREFIX, "session.timeout.ms"),
                ConsumerGroupSettings.bounded(settings, PREFIX, "heartbeat.interval.ms"),
                ConsumerGroupSettings.bounded(settings, PREFIX, "assignment.interval.ms"),
                settings.intValue(PREFIX + "initial.rebalance.delay.ms"),
                settings.intValue(PREFIX + "max.size"),
                standbys);
    }
}
