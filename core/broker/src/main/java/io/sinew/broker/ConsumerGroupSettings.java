package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.ConsumerGroupLimits;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// The broker settings of consumer groups (KIP-848), with Kafka's names, defaults and bounds.
final class ConsumerGroupSettings {
    private static final String PREFIX = "group.consumer.";
    private static final String ASSIGNORS = PREFIX + "assignors";
    private static final String MAX_SIZE = PREFIX + "max.size";
    private static final String MIGRATION = PREFIX + "migration.policy";

    static final List<Setting> ALL =
            List.of(
                    ms(
                            "assignment.interval.ms",
                            1_000,
                            0,
                            "Least time between two assignments of one group; 0 for none."),
                    Setting.ofList(
                            ASSIGNORS,
                            "uniform,range",
                            Set.of("uniform", "range"),
                            "Assignors that members may choose from; the first is for groups where"
                                    + " nobody chooses."),
                    ms(
                            "heartbeat.interval.ms",
                            5_000,
                            1,
                            "How often members are told to send heartbeats."),
                    ms(
                            "max.assignment.interval.ms",
                            15_000,
                            0,
                            "Upper bound of `group.consumer.assignment.interval.ms`."),
                    ms(
                            "max.heartbeat.interval.ms",
                            15_000,
                            1,
                            "Upper bound of `group.consumer.heartbeat.interval.ms`."),
                    ms(
                            "max.session.timeout.ms",
                            60_000,
                            1,
                            "Upper bound of `group.consumer.session.timeout.ms`."),
                    Setting.ofInt(
                            MAX_SIZE,
                            10_000,
                            1,
                            Integer.MAX_VALUE,
                            "Members that one group of the new protocol may have (Kafka: no"
                                    + " bound)."),
                    Setting.ofWord(
                            MIGRATION,
                            "bidirectional",
                            Set.of("bidirectional", "upgrade", "downgrade", "disabled"),
                            "Whether a group with members may go over to the new protocol"
                                    + " (`upgrade`), back (`downgrade`), or both."),
                    ms(
                            "min.assignment.interval.ms",
                            0,
                            0,
                            "Lower bound of `group.consumer.assignment.interval.ms`."),
                    ms(
                            "min.heartbeat.interval.ms",
                            5_000,
                            1,
                            "Lower bound of `group.consumer.heartbeat.interval.ms`."),
                    ms(
                            "min.session.timeout.ms",
                            45_000,
                            1,
                            "Lower bound of `group.consumer.session.timeout.ms`."),
                    ms(
                            "session.timeout.ms",
                            45_000,
                            1,
                            "How long a silent member of a group of the new protocol is believed to"
                                    + " be alive."));

    private ConsumerGroupSettings() {}

    private static Setting ms(String name, int defaultMs, int least, String meaning) {
        return Setting.ofInt(PREFIX + name, defaultMs, least, Integer.MAX_VALUE, meaning);
    }

    /// What is set, as it is in force.
    ///
    /// @throws SinewException `INVALID_CONFIG`: a value is beyond the bounds that others set
    static ConsumerGroupLimits limits(BrokerSettings settings) {
        return new ConsumerGroupLimits(
                bounded(settings, PREFIX, "session.timeout.ms"),
                bounded(settings, PREFIX, "heartbeat.interval.ms"),
                bounded(settings, PREFIX, "assignment.interval.ms"),
                settings.intValue(MAX_SIZE),
                Stream.of(settings.text(ASSIGNORS).split(",")).map(String::strip).toList(),
                ConsumerGroupLimits.Migration.valueOf(
                        settings.text(MIGRATION).strip().toUpperCase(Locale.ROOT)));
    }

    /// A setting that has bounds of its own beside it.
    ///
    /// @param prefix of a kind of groups
    static int bounded(BrokerSettings settings, String prefix, String name) {
        int value = settings.intValue(prefix + name);
        int least = settings.intValue(prefix + "min." + name);
        int most = settings.intValue(prefix + "max." + name);
        if (value < least || value > most) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    prefix
                            + name
                            + " is "
                            + value
                            + "; it must be from "
                            + least
                            + " to "
                            + most
                            + " (settings "
                            + prefix
                            + "min."
                            + name
                            + " and "
                            + prefix
                            + "max."
                            + name
                            + ")");
        }
        return value;
    }
}
