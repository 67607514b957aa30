package io.sinew.ledger;

import java.util.Optional;

/// Which topics a ledger works on.
///
/// @param topic whose records are the messages
/// @param ledgerTopic has a partition for each of `topic`, and nothing but changes of ledgers
/// @param deadTopic where dead letters go, with as many partitions; without one, messages that are
///   doomed stay
/// @param trims whether records that are dealt with are deleted: not where others read the topic
/// @param lane which of several ledgers it is; none if it is the only one
public record LedgerConfig(
        String topic,
        String ledgerTopic,
        Optional<String> deadTopic,
        LedgerSettings settings,
        boolean trims,
        Optional<Lane> lane) {

    /// One that has its topic for itself, and deletes what is dealt with.
    public static LedgerConfig alone(
            String topic, String ledgerTopic, Optional<String> deadTopic, LedgerSettings settings) {
        return new LedgerConfig(topic, ledgerTopic, deadTopic, settings, true, Optional.empty());
    }

    /// One of several over a topic that others read too.
    public static LedgerConfig among(
            String topic, String ledgerTopic, LedgerSettings settings, Lane lane) {
        return new LedgerConfig(
                topic, ledgerTopic, Optional.empty(), settings, false, Optional.of(lane));
    }
}
