package io.sinew.broker;

/// Whom a quota is for. Client ids are what clients call themselves; as long as nobody has to prove
/// who he is there is nothing else to tell them apart by.
public sealed interface QuotaEntity {
    /// All clients of one id together.
    record ClientId(String id) implements QuotaEntity {}

    /// Each client id that has no quota of its own of the kind, each for itself.
    record DefaultClientId() implements QuotaEntity {}
}
