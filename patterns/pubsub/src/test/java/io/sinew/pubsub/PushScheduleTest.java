package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.SinewException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// How long a webhook waits after a failure.
class PushScheduleTest {
    @Test
    void a_schedule_that_can_not_be_read_or_is_too_long_is_refused() {
        for (String text : new String[] {"1,", "x", "-1", "604801", "1,".repeat(50) + "1"}) {
            assertThatThrownBy(() -> PushSchedule.parse(text)).isInstanceOf(SinewException.class);
        }
    }

    @Test
    void the_standard_schedule_is_that_of_standard_webhooks() {
        PushSchedule schedule = PushSchedule.standard();
        assertThat(schedule.attempts()).isEqualTo(10);
        Duration[] waits = {
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24)
        };
        for (int attempt = 1; attempt < 10; attempt++) {
            Duration wait = waits[attempt - 1];
            assertThat(schedule.waitAfter(attempt, "t-0-1"))
                    .isBetween(wait, wait.plus(wait.dividedBy(5)));
        }
        assertThat(PushSchedule.parse(schedule.toString())).isEqualTo(schedule);
    }

    @Test
    void waits_of_different_messages_differ_and_that_of_one_does_not() {
        PushSchedule schedule = PushSchedule.standard();
        Set<Duration> waits = new HashSet<>();
        for (int offset = 0; offset < 100; offset++) {
            Duration wait = schedule.waitAfter(3, "t-0-" + offset);
            waits.add(wait);
            assertThat(schedule.waitAfter(3, "t-0-" + offset)).isEqualTo(wait);
        }
        assertThat(waits).hasSizeGreaterThan(80);
    }

    @Test
    void a_schedule_without_waits_is_one_attempt() {
        assertThat(PushSchedule.parse(" ").attempts()).isEqualTo(1);
        assertThat(PushSchedule.parse("").waitAfter(1, "t-0-1")).isZero();
    }
}
