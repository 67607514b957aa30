package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What an endpoint asks us to wait for.
class WebhookRetryAfterTest {
    /// Fri, 31 Dec 1999 23:59:00 GMT.
    private static final long NOW_MS = 946_684_740_000L;

    @Test
    void what_can_not_be_read_or_is_over_asks_for_nothing() {
        for (String text :
                new String[] {
                    "", "soon", "-1", "1.5", "0", "Fri, 31 Dec 1999 23:58:00 GMT", "31 Dec", "٣"
                }) {
            assertThat(WebhookRetryAfter.parse(text, NOW_MS)).as(text).isEmpty();
        }
    }

    @Test
    void no_more_is_granted_than_an_hour() {
        for (String text :
                new String[] {
                    "3601", "9223372036854775807", "9".repeat(400), "Sat, 31 Dec 2050 23:59:59 GMT"
                }) {
            assertThat(WebhookRetryAfter.parse(text, NOW_MS)).hasValue(Duration.ofHours(1));
        }
    }

    @Test
    void seconds_and_dates_are_understood() {
        assertThat(WebhookRetryAfter.parse(" 120 ", NOW_MS)).hasValue(Duration.ofMinutes(2));
        assertThat(WebhookRetryAfter.parse("Fri, 31 Dec 1999 23:59:59 GMT", NOW_MS))
                .hasValue(Duration.ofSeconds(59));
    }
}
