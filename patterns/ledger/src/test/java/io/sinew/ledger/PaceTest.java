package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void without_a_rate_nobody_waits_and_nothing_is_remembered() {
        var pace = new Pace(0, 5);
        pace.begin(5);
        assertThat(pace.earlyNanos(5)).isZero();
        var keyed = new KeyedPace(0, 1);
        assertThat(keyed.begin("a", 5)).isZero();
        assertThat(keyed.begin("a", 5)).isZero();
        assertThat(keyed.size()).isZero();
    }

    @Test
    void time_that_nobody_used_is_not_made_up_for() {
        var pace = new Pace(10, 0);
        assertThat(pace.earlyNanos(0)).isZero();
        pace.begin(0);
        assertThat(pace.earlyNanos(0)).isEqualTo(SECOND / 10);
        pace.begin(5 * SECOND);
        assertThat(pace.earlyNanos(5 * SECOND)).isEqualTo(SECOND / 10);
    }

    @Test
    void each_key_has_its_own_pace_and_is_forgotten_when_its_time_is_over() {
        var keyed = new KeyedPace(1, 10);
        assertThat(keyed.begin("a", 0)).isZero();
        assertThat(keyed.begin("b", SECOND / 2)).isZero();
        assertThat(keyed.begin("a", SECOND / 2)).isEqualTo(SECOND / 2);
        assertThat(keyed.begin("a", SECOND)).isZero();
        assertThat(keyed.size()).isEqualTo(2);
        assertThat(keyed.begin("c", 3 * SECOND)).isZero();
        assertThat(keyed.size()).isEqualTo(1);
    }

    @Test
    void more_keys_than_are_remembered_wait_and_none_is_faster_than_allowed() {
        var keyed = new KeyedPace(1, 2);
        assertThat(keyed.begin("a", 0)).isZero();
        assertThat(keyed.begin("b", 10)).isZero();
        assertThat(keyed.begin("c", 20)).isEqualTo(SECOND - 20);
        assertThat(keyed.size()).isEqualTo(2);
        assertThat(keyed.begin("c", SECOND)).isZero();
        assertThat(keyed.begin("a", SECOND)).isEqualTo(10);
    }

    @Test
    void whatever_comes_when_no_key_begins_twice_within_its_time_and_memory_is_bounded() {
        Trials.run(
                200,
                random -> {
                    int keysMax = 1 + random.nextInt(5);
                    int perSecond = 1 + random.nextInt(50);
                    var keyed = new KeyedPace(perSecond, keysMax);
                    var last = new HashMap<String, Long>();
                    long now = random.nextLong(-SECOND, SECOND);
                    for (int i = 0; i < 300; i++) {
                        now += random.nextLong(SECOND / 20);
                        String key = "k" + random.nextInt(8);
                        long wait = keyed.begin(key, now);
                        assertThat(keyed.size()).isLessThanOrEqualTo(keysMax);
                        if (wait == 0) {
                            Long before = last.put(key, now);
                            if (before != null) {
                                assertThat(now - before).isGreaterThanOrEqualTo(SECOND / perSecond);
                            }
                        } else {
                            assertThat(wait).isBetween(1L, SECOND / perSecond);
                        }
                    }
                });
    }
}
