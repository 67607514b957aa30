package io.sinew.ledger;

/// Which records of a topic are messages of a ledger. A pure function of the record, and the same
/// for the whole life of the ledger: a restart asks it again, and must be told the same.
@FunctionalInterface
public interface RecordFilter {
    /// All of them.
    RecordFilter ALL = _ -> true;

    /// Whether the record is one; what it throws ends the ledger's work on the partition.
    boolean matches(SharedRecord record);
}
