package io.sinew.ledger;

import io.sinew.base.Clock;
import io.sinew.topics.Engine;

/// What all shards of a ledger share.
///
/// @param room of the records that the shards keep in memory for delivery
record LedgerContext(Engine engine, Clock clock, Arrivals arrivals, BodyRoom room) {}
