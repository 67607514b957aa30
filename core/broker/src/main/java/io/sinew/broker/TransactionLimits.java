package io.sinew.broker;

/// The bounds on transactions, by Kafka's names.
///
/// @param timeoutMaxMs longest transaction that a producer may ask for:
///   `transaction.max.timeout.ms`
/// @param expirationMs how long an id without a transaction is kept:
///   `transactional.id.expiration.ms`
/// @param idsMax transactional ids in this broker; ours
public record TransactionLimits(int timeoutMaxMs, long expirationMs, int idsMax) {
    /// Default of `idsMax`: some tens of megabytes.
    static final int IDS_MAX = 100_000;

    /// UTF-16 units of a transactional id; Kafka has no bound.
    static final int ID_MAX_LENGTH = 1_024;

    /// Partitions and groups in one transaction together; Kafka has no bound.
    static final int MEMBERS_MAX = 10_000;
}
