package io.sinew.pubsub;

import static io.sinew.pubsub.PushBreaker.State.CLOSED;
import static io.sinew.pubsub.PushBreaker.State.HALF_OPEN;
import static io.sinew.pubsub.PushBreaker.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The breaker, in a time of its own.
class PushBreakerTest {
    /// Three failures, then 100 of rest, 400 at most.
    private final PushBreaker breaker = new PushBreaker(3, 100, 400);

    private void openAt(long now) {
        assertThat(breaker.failed(now)).isFalse();
        assertThat(breaker.failed(now)).isFalse();
        assertThat(breaker.failed(now)).isTrue();
    }

    @Test
    void failures_with_a_success_among_them_do_not_open_it() {
        for (int i = 0; i < 10; i++) {
            assertThat(breaker.failed(0)).isFalse();
            assertThat(breaker.failed(0)).isFalse();
            breaker.succeeded();
        }
        assertThat(breaker.state(0)).isEqualTo(CLOSED);
        assertThat(breaker.room(0, 9, 5)).isEqualTo(5);
    }

    @Test
    void after_so_many_failures_in_a_row_nothing_is_let_through_for_a_while() {
        openAt(1_000);
        assertThat(breaker.state(1_099)).isEqualTo(OPEN);
        assertThat(breaker.room(1_099, 0, 5)).isZero();
        assertThat(breaker.openNanos(1_060)).isEqualTo(40);
        assertThat(breaker.state(1_100)).isEqualTo(HALF_OPEN);
        assertThat(breaker.openNanos(1_100)).isZero();
    }

    @Test
    void half_open_it_lets_one_through_when_nothing_else_is_under_way() {
        openAt(0);
        assertThat(breaker.room(100, 0, 5)).isEqualTo(1);
        assertThat(breaker.room(100, 1, 5)).isZero();
        assertThat(breaker.room(100, 0, 0)).isZero();
    }

    @Test
    void each_probe_that_fails_doubles_the_rest_up_to_a_limit() {
        openAt(0);
        assertThat(breaker.failed(100)).isTrue();
        assertThat(breaker.openNanos(100)).isEqualTo(200);
        assertThat(breaker.failed(300)).isTrue();
        assertThat(breaker.openNanos(300)).isEqualTo(400);
        assertThat(breaker.failed(700)).isTrue();
        assertThat(breaker.openNanos(700)).isEqualTo(400);
    }

    @Test
    void what_began_before_it_opened_and_fails_later_changes_nothing() {
        openAt(0);
        assertThat(breaker.failed(50)).isFalse();
        assertThat(breaker.openNanos(50)).isEqualTo(50);
    }

    @Test
    void one_message_that_gets_there_closes_it_and_the_next_rest_is_short_again() {
        openAt(0);
        assertThat(breaker.failed(100)).isTrue();
        breaker.succeeded();
        assertThat(breaker.state(101)).isEqualTo(CLOSED);
        openAt(200);
        assertThat(breaker.openNanos(200)).isEqualTo(100);
    }
}
