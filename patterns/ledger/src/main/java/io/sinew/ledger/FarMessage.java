package io.sinew.ledger;

/// A message that is not due for long.
///
/// @param dueMs when it is, in ms since 1970
record FarMessage(long offset, long dueMs) {}
