package io.sinew.ledger;

import io.sinew.base.Clock;

/// What all shards of a ledger share.
///
/// @param room of the records that the shards keep in memory for delivery
record LedgerContext(Clock clock, Arrivals arrivals, BodyRoom room) {}
