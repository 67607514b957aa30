package io.sinew.ledger;

import io.sinew.base.Clock;

/// What all shards of a ledger share.
///
/// @param cacheBytes of records that one shard keeps in memory for delivery
record LedgerContext(Clock clock, Arrivals arrivals, long cacheBytes) {}
