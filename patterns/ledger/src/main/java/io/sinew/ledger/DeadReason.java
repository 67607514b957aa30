package io.sinew.ledger;

/// Why a message is a dead letter.
public enum DeadReason {
    /// It failed as often as it may.
    FAILED(0),
    /// Its time was over before anybody took it.
    EXPIRED(1),
    /// A consumer refused it for good.
    REJECTED(2),
    /// Its record is no longer in the log: somebody deleted it there.
    GONE(3);

    /// What stands for it on the log, from 0 to 3.
    private final int code;

    DeadReason(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static DeadReason of(int code) {
        for (DeadReason reason : values()) {
            if (reason.code == code) {
                return reason;
            }
        }
        throw ByteSource.damaged("it has a reason " + code);
    }
}
