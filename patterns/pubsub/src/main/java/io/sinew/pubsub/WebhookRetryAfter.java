package io.sinew.pubsub;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// The header `retry-after` of an answer (RFC 9110, section 10.2.3): seconds, or a date.
final class WebhookRetryAfter {
    /// What is granted at most: an endpoint is asked once an hour at least whether it still means
    /// it.
    static final Duration GRANTED_MAX = Duration.ofHours(1);

    /// Digits of a number that can be meant.
    private static final int DIGITS_MAX = 18;

    private WebhookRetryAfter() {}

    /// How long to wait, and no longer than is granted; empty for what can't be read, or is over.
    static Optional<Duration> parse(String text, long nowMs) {
        return duration(text.strip(), nowMs)
                .filter(Duration::isPositive)
                .map(time -> time.compareTo(GRANTED_MAX) < 0 ? time : GRANTED_MAX);
    }

    private static Optional<Duration> duration(String text, long nowMs) {
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.of(
                    text.length() > DIGITS_MAX
                            ? GRANTED_MAX
                            : Duration.ofSeconds(Math.min(Long.parseLong(text), 1L << 40)));
        }
        try {
            Instant until = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
            return Optional.of(Duration.between(Instant.ofEpochMilli(nowMs), until));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
