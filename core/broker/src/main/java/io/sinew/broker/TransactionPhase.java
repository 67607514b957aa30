package io.sinew.broker;

/// Where a transactional id stands.
public enum TransactionPhase {
    /// It has a producer and no transaction yet.
    EMPTY(0, "Empty"),
    /// Partitions or groups take part.
    ONGOING(1, "Ongoing"),
    /// It is decided, and its markers are being written.
    PREPARE_COMMIT(2, "PrepareCommit"),
    PREPARE_ABORT(3, "PrepareAbort"),
    /// Everything is written; the next transaction may begin.
    COMPLETE_COMMIT(4, "CompleteCommit"),
    COMPLETE_ABORT(5, "CompleteAbort");

    private final int number;
    private final String wireName;

    TransactionPhase(int number, String wireName) {
        this.number = number;
        this.wireName = wireName;
    }

    /// As Kafka's `ListTransactions` has it.
    public String wireName() {
        return wireName;
    }

    /// As the log has it.
    int number() {
        return number;
    }

    boolean isPrepared() {
        return this == PREPARE_COMMIT || this == PREPARE_ABORT;
    }
}
