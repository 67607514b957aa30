package io.sinew.ledger;

import java.util.Optional;

/// Which topics a ledger works on.
///
/// @param topic whose records are the messages
/// @param ledgerTopic has a partition for each of `topic`, and nothing but this ledger's changes
/// @param deadTopic where dead letters go, with as many partitions; without one, messages that are
///   doomed stay
/// @param trims whether records that are dealt with are deleted: not where others read the topic
public record LedgerConfig(
        String topic,
        String ledgerTopic,
        Optional<String> deadTopic,
        LedgerSettings settings,
        boolean trims) {}
