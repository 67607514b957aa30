package io.sinew.pubsub;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/// How long a webhook waits after each of its failures. In text the waits in seconds, with commas
/// between them.
///
/// @param waitsS in seconds; after one failure more than there are waits, it is a dead letter
public record PushSchedule(List<Integer> waitsS) {
    /// Attempts that a schedule has at most.
    public static final int ATTEMPTS_MAX = 50;

    /// The longest wait, in seconds.
    public static final int WAIT_MAX_S = 7 * 24 * 60 * 60;

    /// A wait is longer than it says by up to one part in so many, so that what failed together
    /// does not come back together.
    private static final int JITTER_PART = 5;

    public PushSchedule {
        waitsS = List.copyOf(waitsS);
        if (waitsS.size() >= ATTEMPTS_MAX
                || waitsS.stream().anyMatch(wait -> wait < 0 || wait > WAIT_MAX_S)) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "push.retry.s has "
                            + (ATTEMPTS_MAX - 1)
                            + " waits at most, of 0 to "
                            + WAIT_MAX_S
                            + " seconds each");
        }
    }

    /// That of Standard Webhooks: ten attempts within more than three days.
    public static PushSchedule standard() {
        return new PushSchedule(
                List.of(5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400));
    }

    /// Reads a schedule; an empty text is one attempt.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public static PushSchedule parse(String text) {
        if (text.isBlank()) {
            return new PushSchedule(List.of());
        }
        try {
            return new PushSchedule(
                    Arrays.stream(text.split(",", -1))
                            .map(wait -> Integer.valueOf(wait.strip()))
                            .toList());
        } catch (NumberFormatException e) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "push.retry.s is the waits in seconds, as 5,300,1800, and not '" + text + "'",
                    e);
        }
    }

    /// How often a message is tried: what `failuresMax` of its ledger has to be.
    public int attempts() {
        return waitsS.size() + 1;
    }

    /// The wait after an attempt that failed. The same message and attempt give the same wait.
    ///
    /// @param attempt from 1 on; behind the last one the last wait again
    Duration waitAfter(int attempt, String messageId) {
        if (waitsS.isEmpty()) {
            return Duration.ZERO;
        }
        long ms = 1_000L * waitsS.get(Math.min(attempt, waitsS.size()) - 1);
        var checksum = new CRC32C();
        checksum.update((messageId + "." + attempt).getBytes(StandardCharsets.UTF_8));
        // From 0 to 1023.
        long noise = checksum.getValue() >>> 22;
        return Duration.ofMillis(ms + ms * noise / (1_024 * JITTER_PART));
    }

    @Override
    public String toString() {
        return waitsS.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
