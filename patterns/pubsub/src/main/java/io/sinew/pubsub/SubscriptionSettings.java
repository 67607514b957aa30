package io.sinew.pubsub;

import io.sinew.base.SinewException;
import io.sinew.ledger.LedgerSettings;
import io.sinew.ledger.RetryPolicy;
import io.sinew.ledger.SettingValues;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a subscription does with its messages. In text, a setting goes by the name that stands
/// beside it here.
///
/// @param leaseMs `lease.ms`: how long a consumer holds a message unless it says otherwise
/// @param failuresMax `failures.max`: failures after which a message is parked
/// @param retryFirstMs `retry.first.ms`: the wait after the first failure; it doubles
/// @param retryMaxMs `retry.max.ms`: the longest such wait
/// @param groupConcurrency `group.concurrency`: messages of one ordered group out at a time
/// @param dedupeWindowMs `dedupe.window.ms`: how long a dedupe id is remembered
/// @param dedupeMax `dedupe.max`: dedupe ids that are remembered, in each partition
/// @param trackedMax `tracked.max`: live messages that are looked at together, in each partition;
///   40 bytes of memory each
/// @param agingMs `aging.ms`: how long a priority waits until it counts one more
/// @param parkedMax `parked.max`: parked messages in one partition beyond which nothing is
///   delivered there any more, until somebody looks at them
public record SubscriptionSettings(
        long leaseMs,
        int failuresMax,
        long retryFirstMs,
        long retryMaxMs,
        int groupConcurrency,
        long dedupeWindowMs,
        int dedupeMax,
        int trackedMax,
        long agingMs,
        int parkedMax) {
    private static final long DAY_MS = 24L * 60 * 60 * 1000;

    public SubscriptionSettings {
        SettingValues.requireRange("lease.ms", leaseMs, 1, LedgerSettings.LEASE_MAX_MS);
        SettingValues.requireRange("failures.max", failuresMax, 1, LedgerSettings.FAILURES_LIMIT);
        SettingValues.requireRange("retry.max.ms", retryMaxMs, 0, RetryPolicy.WAIT_MAX_MS);
        SettingValues.requireRange("retry.first.ms", retryFirstMs, 0, retryMaxMs);
        SettingValues.requireRange("group.concurrency", groupConcurrency, 1, 10_000);
        SettingValues.requireRange("dedupe.window.ms", dedupeWindowMs, 0, 7 * DAY_MS);
        SettingValues.requireRange("dedupe.max", dedupeMax, 1, 50_000_000);
        SettingValues.requireRange("tracked.max", trackedMax, 1, 100_000_000);
        SettingValues.requireRange("aging.ms", agingMs, 1, 365 * DAY_MS);
        SettingValues.requireRange("parked.max", parkedMax, 1, 1_000_000);
    }

    /// Leases of 30 s, five failures with waits from 1 s to 10 min, one message of a group at a
    /// time, a dedupe window of 5 min, ten thousand parked messages.
    public static SubscriptionSettings defaults() {
        return new SubscriptionSettings(
                30_000, 5, 1_000, 600_000, 1, 300_000, 1_000_000, 1_000_000, 60_000, 10_000);
    }

    LedgerSettings ofLedger() {
        return new LedgerSettings(
                leaseMs,
                failuresMax,
                new RetryPolicy(retryFirstMs, retryMaxMs),
                groupConcurrency,
                dedupeWindowMs,
                dedupeMax,
                trackedMax,
                agingMs,
                LedgerSettings.FAR_MS,
                LedgerSettings.PINNED_MAX,
                parkedMax);
    }

    /// All settings by their names, in their order.
    public Map<String, String> toMap() {
        var map = new LinkedHashMap<String, String>();
        map.put("lease.ms", Long.toString(leaseMs));
        map.put("failures.max", Integer.toString(failuresMax));
        map.put("retry.first.ms", Long.toString(retryFirstMs));
        map.put("retry.max.ms", Long.toString(retryMaxMs));
        map.put("group.concurrency", Integer.toString(groupConcurrency));
        map.put("dedupe.window.ms", Long.toString(dedupeWindowMs));
        map.put("dedupe.max", Integer.toString(dedupeMax));
        map.put("tracked.max", Integer.toString(trackedMax));
        map.put("aging.ms", Long.toString(agingMs));
        map.put("parked.max", Integer.toString(parkedMax));
        return map;
    }

    /// These settings with others in place of some.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public SubscriptionSettings with(Map<String, String> changes) {
        SettingValues values = SettingValues.changed("a subscription", toMap(), changes);
        return new SubscriptionSettings(
                values.number("lease.ms"),
                values.smallNumber("failures.max"),
                values.number("retry.first.ms"),
                values.number("retry.max.ms"),
                values.smallNumber("group.concurrency"),
                values.number("dedupe.window.ms"),
                values.smallNumber("dedupe.max"),
                values.smallNumber("tracked.max"),
                values.number("aging.ms"),
                values.smallNumber("parked.max"));
    }
}
