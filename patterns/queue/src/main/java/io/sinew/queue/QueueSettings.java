package io.sinew.queue;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.LedgerSettings;
import io.sinew.ledger.RetryPolicy;
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
        inRange("lease.ms", leaseMs, 1, LedgerSettings.LEASE_MAX_MS);
        inRange("failures.max", failuresMax, 1, LedgerSettings.FAILURES_LIMIT);
        inRange("retry.max.ms", retryMaxMs, 0, RetryPolicy.WAIT_MAX_MS);
        inRange("retry.first.ms", retryFirstMs, 0, retryMaxMs);
        inRange("group.concurrency", groupConcurrency, 1, 10_000);
        inRange("dedupe.window.ms", dedupeWindowMs, 0, 7 * DAY_MS);
        inRange("dedupe.max", dedupeMax, 1, 50_000_000);
        inRange("messages.max", messagesMax, 1, Long.MAX_VALUE);
        inRange("tracked.max", trackedMax, 1, 100_000_000);
        inRange("ttl.ms", ttlMs, 0, 3_650 * DAY_MS);
        inRange("aging.ms", agingMs, 1, 365 * DAY_MS);
    }

    private static void inRange(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    name + " is from " + least + " to " + most + ", and not " + value);
        }
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
        Map<String, String> all = toMap();
        changes.forEach((name, value) -> {
            if (all.replace(name, value) == null) {
                throw new SinewException(
                        ErrorCode.INVALID_CONFIG,
                        "a queue has no setting '"
                                + name
                                + "'; it has "
                                + String.join(", ", all.keySet()));
            }
        });
        var values = new Values(all);
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

    private record Values(Map<String, String> map) {
        private String text(String name) {
            return map.getOrDefault(name, "").strip();
        }

        long number(String name) {
            try {
                return Long.parseLong(text(name));
            } catch (NumberFormatException e) {
                throw new SinewException(
                        ErrorCode.INVALID_CONFIG,
                        name + " is a whole number, and not '" + text(name) + "'",
                        e);
            }
        }

        int smallNumber(String name) {
            long value = number(name);
            inRange(name, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            return (int) value;
        }

        boolean truth(String name) {
            return switch (text(name)) {
                case "true" -> true;
                case "false" -> false;
                default ->
                        throw new SinewException(
                                ErrorCode.INVALID_CONFIG,
                                name + " is true or false, and not '" + text(name) + "'");
            };
        }
    }
}
