package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(10, 75);

    private long now = Long.MAX_VALUE - 100;

    private void assertPauses(long nanos) {
        assertThat(backoff.isOver(now + nanos - 1)).isFalse();
        now += nanos;
        assertThat(backoff.isOver(now)).isTrue();
    }

    @Test
    void pauses_double_up_to_the_bound_and_begin_small_again_after_a_success() {
        assertThat(backoff.isOver(now)).isTrue();
        for (int row = 0; row < 2; row++) {
            assertThat(backoff.succeeded()).isFalse();
            for (long pause : new long[] {10, 20, 40, 75, 75}) {
                assertThat(backoff.failed(now)).isEqualTo(pause == 10);
                assertPauses(pause);
            }
            assertThat(backoff.succeeded()).isTrue();
            assertThat(backoff.isOver(now)).isTrue();
        }
    }
}
