package io.sinew.broker;

import io.sinew.base.Clock;
import io.sinew.log.Commit;
import io.sinew.log.LogOwner;
import io.sinew.log.LogStore;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The quotas of clients (Kafka's documentation, "Quotas"): what they may use, which is durable,
/// and what they have used of late, which is not. A change is in force at once and safe when its
/// commit is durable.
public final class ClientQuotas {
    static final int MACHINE = 6;

    private final QuotasState state = new QuotasState();
    private final LogStore store;
    private final Clock clock;
    private final long longestRequestPauseMs;
    private final long windowsMs;
    private final Map<QuotaKind, QuotaUses> uses = new EnumMap<>(QuotaKind.class);
    private final ReentrantLock lock = new ReentrantLock();
    private long lastSequence;

    /// What those who charge see of the state, so that they need no lock.
    private volatile Map<QuotaKind, Limits> limits = Map.of();

    /// The limits of one kind.
    private record Limits(Map<String, Double> byClientId, OptionalDouble ofOthers) {
        OptionalDouble of(String clientId) {
            Double own = byClientId.get(clientId);
            return own != null ? OptionalDouble.of(own) : ofOthers;
        }
    }

    ClientQuotas(LogStore store, BrokerSettings settings, Clock clock) {
        this.store = store;
        this.clock = clock;
        int windows = settings.intValue(BrokerSettings.QUOTA_WINDOWS);
        long windowMs =
                TimeUnit.SECONDS.toMillis(settings.intValue(BrokerSettings.QUOTA_WINDOW_SECONDS));
        this.windowsMs = (windows - 1) * windowMs;
        // Kafka's bound: what is used up in time comes back with time, unlike bytes.
        this.longestRequestPauseMs = windowMs;
        for (QuotaKind kind : QuotaKind.values()) {
            uses.put(kind, new QuotaUses(windows, windowMs));
        }
    }

    // ---- use

    /// Whether there is any quota of this kind. Who asks first need not find out what to charge.
    public boolean isLimited(QuotaKind kind) {
        return limits.containsKey(kind);
    }

    /// Charges a client with what it has used.
    ///
    /// @param amount bytes, or percent of a second
    /// @return ms for which it is to pause; 0 when it is within its quota
    public int charge(QuotaKind kind, String clientId, double amount) {
        OptionalDouble limit = limit(kind, clientId);
        if (limit.isEmpty()) {
            return 0;
        }
        long pauseMs = uses(kind).charge(clientId, amount, limit.getAsDouble(), monotonicMs());
        long mostMs = kind == QuotaKind.REQUEST ? longestRequestPauseMs : Integer.MAX_VALUE;
        return (int) Math.min(pauseMs, mostMs);
    }

    /// Gives back what was charged, because it was not used after all.
    public void giveBack(QuotaKind kind, String clientId, double amount) {
        if (limit(kind, clientId).isPresent()) {
            uses(kind).add(clientId, -amount, monotonicMs());
        }
    }

    /// All that a client with a quota has used of late.
    public double used(QuotaKind kind, String clientId) {
        return uses(kind).sum(clientId, monotonicMs());
    }

    /// What a client may use at once if it has used nothing of late: more would always make it
    /// pause. Empty without a quota.
    public OptionalDouble mostAtOnce(QuotaKind kind, String clientId) {
        OptionalDouble limit = limit(kind, clientId);
        return limit.isEmpty()
                ? limit
                : OptionalDouble.of(limit.getAsDouble() * windowsMs / 1000.0);
    }

    /// As with Kafka, a client without an id has no quota, not even the default.
    private OptionalDouble limit(QuotaKind kind, String clientId) {
        Limits ofKind = limits.get(kind);
        return ofKind == null || clientId.isEmpty() ? OptionalDouble.empty() : ofKind.of(clientId);
    }

    private QuotaUses uses(QuotaKind kind) {
        return Optional.ofNullable(uses.get(kind)).orElseThrow();
    }

    private long monotonicMs() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos());
    }

    // ---- change

    /// All limits that are set.
    public Map<QuotaEntity, Map<QuotaKind, Double>> all() {
        lock.lock();
        try {
            return state.all();
        } finally {
            lock.unlock();
        }
    }

    /// Changes an entity's quotas, all as the edits say or none.
    ///
    /// @return durable when the change is
    /// @throws io.sinew.base.SinewException `INVALID_REQUEST`, `POLICY_VIOLATION`, `DISK_FULL`,
    ///   `LOG_STOPPED`
    public Commit alter(QuotaEntity entity, List<QuotaEdit> edits) {
        lock.lock();
        try {
            QuotaRecord record = state.alter(entity, edits);
            ByteBuffer body = ByteBuffer.wrap(QuotaRecordV1Format.encode(record));
            LogStore.Recorded recorded = store.record(MACHINE, body);
            lastSequence = recorded.sequence();
            state.replay(record);
            publish();
            return recorded.commit();
        } finally {
            lock.unlock();
        }
    }

    /// As [#alter], only checking.
    public void checkAlter(QuotaEntity entity, List<QuotaEdit> edits) {
        lock.lock();
        try {
            state.alter(entity, edits);
        } finally {
            lock.unlock();
        }
    }

    private void publish() {
        var byKind = new EnumMap<QuotaKind, Limits>(QuotaKind.class);
        for (QuotaKind kind : QuotaKind.values()) {
            var byClientId = new HashMap<String, Double>();
            OptionalDouble ofOthers = OptionalDouble.empty();
            for (QuotaRecord record : state.records()) {
                Double limit = record.limits().get(kind);
                if (limit == null) {
                    continue;
                }
                switch (record.entity()) {
                    case QuotaEntity.ClientId(String id) -> byClientId.put(id, limit);
                    case QuotaEntity.DefaultClientId() -> ofOthers = OptionalDouble.of(limit);
                }
            }
            if (!byClientId.isEmpty() || ofOthers.isPresent()) {
                byKind.put(kind, new Limits(Map.copyOf(byClientId), ofOthers));
            }
        }
        limits = byKind;
    }

    // ---- restart

    void restore(LogOwner.Section section) {
        lastSequence = section.sequence();
        QuotaRecordV1Format.decodeSnapshot(section.bytes()).forEach(state::replay);
        publish();
    }

    void replay(ByteBuffer body) {
        var bytes = new byte[body.remaining()];
        body.get(bytes);
        state.replay(QuotaRecordV1Format.decode(bytes));
        publish();
    }

    LogOwner.Section snapshot() {
        lock.lock();
        try {
            return new LogOwner.Section(
                    MACHINE, lastSequence, QuotaRecordV1Format.encodeSnapshot(state.records()));
        } finally {
            lock.unlock();
        }
    }
}
