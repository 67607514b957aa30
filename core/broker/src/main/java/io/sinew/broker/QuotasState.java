package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All quotas: the replay of their records. [#alter] decides and changes nothing; it is called
/// under the owner's lock.
final class QuotasState {
    /// Entities that may have quotas.
    static final int ENTITIES_MAX = 10_000;

    /// Longest client id that a quota can be for.
    static final int CLIENT_ID_CHARS_MAX = 255;

    /// How far a number may be from a whole one and still be taken for it, as in Kafka.
    private static final double ROUNDING = 1e-6;

    private final Map<QuotaEntity, Map<QuotaKind, Double>> limits = new HashMap<>();

    Map<QuotaEntity, Map<QuotaKind, Double>> all() {
        return Map.copyOf(limits);
    }

    /// What the edits make of an entity's quotas; of several for one kind the last counts.
    ///
    /// @throws SinewException `INVALID_REQUEST`, `POLICY_VIOLATION` (too many entities)
    QuotaRecord alter(QuotaEntity entity, List<QuotaEdit> edits) {
        checkEntity(entity);
        var after = new EnumMap<QuotaKind, Double>(QuotaKind.class);
        after.putAll(limits.getOrDefault(entity, Map.of()));
        for (QuotaEdit edit : edits) {
            if (edit.limit().isPresent()) {
                after.put(edit.kind(), checked(edit.kind(), edit.limit().getAsDouble()));
            } else {
                after.remove(edit.kind());
            }
        }
        if (!after.isEmpty() && !limits.containsKey(entity) && limits.size() >= ENTITIES_MAX) {
            throw new SinewException(
                    ErrorCode.POLICY_VIOLATION,
                    "There are quotas for " + ENTITIES_MAX + " client ids, which is the most.");
        }
        return new QuotaRecord(entity, Map.copyOf(after));
    }

    private static void checkEntity(QuotaEntity entity) {
        if (entity instanceof QuotaEntity.ClientId(String id)) {
            if (id.isEmpty() || id.length() > CLIENT_ID_CHARS_MAX) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "A client id with a quota has 1 to "
                                + CLIENT_ID_CHARS_MAX
                                + " characters, not "
                                + id.length());
            }
        }
    }

    private static double checked(QuotaKind kind, double limit) {
        if (!(limit > 0) || Double.isInfinite(limit)) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "Quota " + kind.key() + " must be greater than 0, and is " + limit);
        }
        if (!kind.isWhole()) {
            return limit;
        }
        double whole = Math.floor(limit + ROUNDING);
        if (Math.abs(limit - whole) > ROUNDING || whole > Long.MAX_VALUE) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "Quota " + kind.key() + " must be a whole number, and is " + limit);
        }
        return limit;
    }

    void replay(QuotaRecord record) {
        if (record.limits().isEmpty()) {
            limits.remove(record.entity());
        } else {
            limits.put(record.entity(), Map.copyOf(record.limits()));
        }
    }

    Collection<QuotaRecord> records() {
        return limits.entrySet().stream()
                .map(entry -> new QuotaRecord(entry.getKey(), entry.getValue()))
                .toList();
    }
}
