package io.sinew.ledger;

import io.sinew.base.BrokenInvariant;

/// Where a live message is.
public enum MessagePlace {
    READY,
    DELAYED,
    LEASED,
    /// On its way to the dead letters.
    DOOMED;

    static MessagePlace of(int place) {
        return switch (place) {
            case Rows.READY -> READY;
            case Rows.DELAYED -> DELAYED;
            case Rows.LEASED -> LEASED;
            case Rows.DOOMED -> DOOMED;
            default -> throw new BrokenInvariant("a row that nobody is moving is somewhere");
        };
    }
}
