package io.sinew.ledger;

/// How often a consumer may meet a message. The third mode, effectively once, is at-least-once with
/// a dedupe id when it is sent and [Ledger#acknowledgeWith] when it is dealt with.
public enum DeliveryMode {
    /// A message is settled before the consumer has it: it is never met twice, and lost if the
    /// consumer dies with it.
    AT_MOST_ONCE,
    /// A message is settled when it is dealt with: it is never lost, and comes again if the
    /// consumer dies with it, or says so too late.
    AT_LEAST_ONCE
}
