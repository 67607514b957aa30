package io.sinew.broker;

import java.util.LinkedHashMap;

/// What clients have used of late, for one kind of quota. Of too many clients the one that has been
/// idle longest is forgotten: client ids are the clients' own choice.
final class QuotaUses {
    /// Client ids that are remembered.
    static final int CLIENT_IDS_MAX = 10_000;

    private final int windows;
    private final long windowMs;

    /// By client id; longest idle first. Under this object's monitor.
    private final LinkedHashMap<String, QuotaWindows> byClientId =
            new LinkedHashMap<>(16, 0.75f, true);

    QuotaUses(int windows, long windowMs) {
        this.windows = windows;
        this.windowMs = windowMs;
    }

    synchronized void add(String clientId, double amount, long nowMs) {
        of(clientId).add(amount, nowMs);
    }

    /// As [#add].
    ///
    /// @return ms for which the client is to pause
    synchronized long charge(String clientId, double amount, double limit, long nowMs) {
        QuotaWindows used = of(clientId);
        used.add(amount, nowMs);
        return used.pauseMs(limit, nowMs);
    }

    /// All that a client has used of late.
    synchronized double sum(String clientId, long nowMs) {
        return of(clientId).sum(nowMs);
    }

    private QuotaWindows of(String id) {
        // Those that are longer share what they begin with.
        String clientId = id.substring(0, Math.min(id.length(), QuotasState.CLIENT_ID_CHARS_MAX));
        QuotaWindows known = byClientId.get(clientId);
        if (known != null) {
            return known;
        }
        if (byClientId.size() >= CLIENT_IDS_MAX) {
            byClientId.pollFirstEntry();
        }
        var fresh = new QuotaWindows(windows, windowMs);
        byClientId.put(clientId, fresh);
        return fresh;
    }

    synchronized int clientIds() {
        return byClientId.size();
    }
}
