package io.sinew.ledger;

/// What became of what a consumer said of its message.
public enum Settled {
    /// It counts, and survives a power failure.
    DONE,
    /// Nothing: the lease had run out, or the message is dealt with. Somebody else may have it.
    LOST
}
