package io.sinew.queue;

import io.sinew.base.SinewException;
import io.sinew.ledger.LedgerSettings;
import io.sinew.ledger.RetryPolicy;
import io.sinew.ledger.SettingValues;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a queue does with its messages. In text, a setting goes by the name that stands beside it
/// here.
///
/// @param leaseMs `lease.ms`: how long a consumer holds a message unless it says otherwise
/// @param failuresMax `failures.max`: failures after which a message is a dead letter
/// @param retryFirstMs `retry.first.ms`: the wait after the first failure; it doubles
/// @param retryMaxMs `retry.max.ms`: the longest such wait
/// @param groupConcurrency `group.concurrency`: messages of one ordered group out at a time
/// @param dedupeWindowMs `dedupe.window.ms`: how long a dedupe id is remembered
/// @param dedupeMax `dedupe.max`: dedupe ids that are remembered, in each partition
/// @param messagesMax `messages.max`: live messages beyond which the queue is full
/// @param trackedMax `tracked.max`: live messages that are looked at together, in each partition;
///   40 bytes of memory each
/// @param ttlMs `ttl.ms`: how long a message lives unless it says otherwise; 0 for ever
/// @param agingMs `aging.ms`: how long a priority waits until it counts one more
/// @param deadLetters `dead.letters`: whether dead letters are moved to a queue of their own; if
///   not, they stay, and count as doomed
public record QueueSettings(
        long leaseMs,
        int failuresMax,
        long retryFirstMs,
        long retryMaxMs,
        int groupConcurrency,
        long dedupeWindowMs,
        int dedupeMax,
        long messagesMax,
        int trackedMax,
        long ttlMs,
        long agingMs,
        boolean deadLetters) {
    private static final long DAY_MS = 24L * 60 * 60 * 1000;

    public QueueSettings {
        SettingValues.requireRange("lease.ms", leaseMs, 1, LedgerSettings.LEASE_MAX_MS);
        SettingValues.requireRange("failures.max", failuresMax, 1, LedgerSettings.FAILURES_LIMIT);
        SettingValues.requireRange("retry.max.ms", retryMaxMs, 0, RetryPolicy.WAIT_MAX_MS);
        SettingValues.requireRange("retry.first.ms", retryFirstMs, 0, retryMaxMs);
        SettingValues.requireRange("group.concurrency", groupConcurrency, 1, 10_000);
        SettingValues.requireRange("dedupe.window.ms", dedupeWindowMs, 0, 7 * DAY_MS);
        SettingValues.requireRange("dedupe.max", dedupeMax, 1, 50_000_000);
        SettingValues.requireRange("messages.max", messagesMax, 1, Long.MAX_VALUE);
        SettingValues.requireRange("tracked.max", trackedMax, 1, 100_000_000);
        SettingValues.requireRange("ttl.ms", ttlMs, 0, 3_650 * DAY_MS);
        SettingValues.requireRange("aging.ms", agingMs, 1, 365 * DAY_MS);
    }

    /// Leases of 30 s, five failures with waits from 1 s to 10 min, one message of a group at a
    /// time, a dedupe window of 5 min, ten million messages.
    public static QueueSettings defaults() {
        return new QueueSettings(
                30_000,
                5,
                1_000,
                600_000,
                1,
                300_000,
                1_000_000,
                10_000_000,
                2_000_000,
                0,
                60_000,
                true);
    }

    /// Those of a queue of dead letters: nothing there dies once more.
    static QueueSettings ofDeadLetters() {
        return defaults().with(Map.of("dead.letters", "false", "failures.max", "10000"));
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
                0);
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
        map.put("messages.max", Long.toString(messagesMax));
        map.put("tracked.max", Integer.toString(trackedMax));
        map.put("ttl.ms", Long.toString(ttlMs));
        map.put("aging.ms", Long.toString(agingMs));
        map.put("dead.letters", Boolean.toString(deadLetters));
        return map;
    }

    /// These settings with others in place of some.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public QueueSettings with(Map<String, String> changes) {
        SettingValues values = SettingValues.changed("a queue", toMap(), changes);
        return new QueueSettings(
                values.number("lease.ms"),
                values.smallNumber("failures.max"),
                values.number("retry.first.ms"),
                values.number("retry.max.ms"),
                values.smallNumber("group.concurrency"),
                values.number("dedupe.window.ms"),
                values.smallNumber("dedupe.max"),
                values.number("messages.max"),
                values.smallNumber("tracked.max"),
                values.number("ttl.ms"),
                values.number("aging.ms"),
                values.truth("dead.letters"));
    }
}
