package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What decides how many messages go to an endpoint, in a time of its own.
class PushGateTest {
    private static final PushOutcome DELIVERED = new PushOutcome.Delivered(204);
    private static final PushOutcome BUSY = new PushOutcome.Throttled(429, Optional.empty());
    private static final PushOutcome BROKEN = new PushOutcome.Refused(500, Optional.empty());

    private static PushGate gate(Map<String, String> settings) {
        return new PushGate(PushSettings.of("https://hook.test/").with(settings), 0);
    }

    private static long seconds(long count) {
        return TimeUnit.SECONDS.toNanos(count);
    }

    @Test
    void no_more_messages_begin_than_may_be_there_at_a_time() {
        PushGate gate = gate(Map.of("push.concurrency", "4"));
        assertThat(gate.room(0, 0)).isEqualTo(4);
        assertThat(gate.room(0, 3)).isEqualTo(1);
        assertThat(gate.room(0, 4)).isZero();
        assertThat(gate.room(0, 5)).isZero();
        assertThat(gate.waitNanos(0)).isLessThanOrEqualTo(0);
    }

    @Test
    void with_a_rate_one_begins_after_the_other_and_none_is_saved_up() {
        PushGate gate = gate(Map.of("push.rate", "4"));
        assertThat(gate.room(0, 0)).isEqualTo(1);
        gate.begin(0);
        assertThat(gate.room(0, 1)).isZero();
        assertThat(gate.waitNanos(0)).isEqualTo(250_000_000);
        assertThat(gate.room(250_000_000, 1)).isEqualTo(1);
        gate.begin(seconds(60));
        assertThat(gate.waitNanos(seconds(60))).isEqualTo(250_000_000);
    }

    @Test
    void an_endpoint_that_says_it_is_too_much_gets_half_as_many_at_a_time_and_slowly_more() {
        PushGate gate = gate(Map.of("push.concurrency", "8"));
        assertThat(gate.ended(0, BUSY)).isFalse();
        assertThat(gate.room(0, 0)).isEqualTo(4);
        for (int i = 0; i < 5; i++) {
            assertThat(gate.ended(0, BUSY)).isFalse();
        }
        assertThat(gate.room(0, 0)).isEqualTo(1);
        assertThat(gate.ended(0, DELIVERED)).isFalse();
        assertThat(gate.room(0, 0)).isEqualTo(2);
        for (int i = 0; i < 100; i++) {
            assertThat(gate.ended(0, DELIVERED)).isFalse();
        }
        assertThat(gate.room(0, 0)).isEqualTo(8);
    }

    @Test
    void what_an_endpoint_asks_us_to_wait_for_is_waited_for_by_all_messages() {
        PushGate gate = gate(Map.of());
        var asked = new PushOutcome.Throttled(503, Optional.of(Duration.ofSeconds(30)));
        assertThat(gate.ended(0, asked)).isFalse();
        assertThat(gate.ended(0, DELIVERED)).isFalse();
        assertThat(gate.room(seconds(29), 0)).isZero();
        assertThat(gate.waitNanos(seconds(29))).isEqualTo(seconds(1));
        var less = new PushOutcome.Throttled(503, Optional.of(Duration.ofSeconds(1)));
        assertThat(gate.ended(seconds(1), less)).isFalse();
        assertThat(gate.waitNanos(seconds(29))).isEqualTo(seconds(1));
        assertThat(gate.room(seconds(30), 0)).isPositive();
    }

    @Test
    void an_endpoint_that_fails_again_and_again_is_left_alone() {
        PushGate gate = gate(Map.of("push.breaker.failures", "2", "push.breaker.first.ms", "1000"));
        assertThat(gate.ended(0, BROKEN)).isFalse();
        assertThat(gate.ended(0, BROKEN)).isTrue();
        assertThat(gate.room(0, 0)).isZero();
        assertThat(gate.waitNanos(0)).isEqualTo(seconds(1));
        assertThat(gate.room(seconds(1), 0)).isEqualTo(1);
        assertThat(gate.room(seconds(1), 1)).isZero();
    }

    @Test
    void an_endpoint_that_finds_fault_with_messages_is_alive() {
        PushGate gate = gate(Map.of("push.breaker.failures", "2"));
        for (int status : new int[] {400, 409, 413, 415, 422, 429, 431}) {
            assertThat(gate.ended(0, BROKEN)).isFalse();
            PushOutcome outcome =
                    status == 429 ? BUSY : new PushOutcome.Refused(status, Optional.empty());
            assertThat(gate.ended(0, outcome)).isFalse();
        }
        for (int status : new int[] {302, 401, 404, 500}) {
            assertThat(new PushOutcome.Refused(status, Optional.empty()).isTroubleOfEndpoint())
                    .isTrue();
        }
    }
}
