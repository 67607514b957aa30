package io.sinew.broker;

import java.util.Map;

/// What happened to an entity's quotas: the records that [QuotasState] is the replay of.
///
/// @param limits as they are from now on, all of them; none when the entity has no quota any more
record QuotaRecord(QuotaEntity entity, Map<QuotaKind, Double> limits) {}
