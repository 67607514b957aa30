package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.Arrays;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/// The estimate of how long attempts take.
class PushLatenciesTest {
    @Test
    void of_nothing_there_is_no_percentile() {
        assertThat(new PushLatencies().percentileMs(99)).isZero();
    }

    @Test
    void a_percentile_is_right_within_an_eighth() {
        Trials.run(
                50,
                random -> {
                    var latencies = new PushLatencies();
                    long[] micros = new long[1_000];
                    for (int i = 0; i < micros.length; i++) {
                        micros[i] = random.nextLong(1, 1L << random.nextInt(1, 30));
                        latencies.add(micros[i] * 1_000);
                    }
                    Arrays.sort(micros);
                    assertThat(latencies.percentileMs(99))
                            .isCloseTo(micros[989] / 1_000.0, Percentage.withPercentage(13));
                    assertThat(latencies.percentileMs(50))
                            .isCloseTo(micros[499] / 1_000.0, Percentage.withPercentage(13));
                });
    }

    @Test
    void what_was_long_ago_is_forgotten() {
        var latencies = new PushLatencies();
        for (int i = 0; i < 4_000; i++) {
            latencies.add(1_000_000_000);
        }
        for (int i = 0; i < 40_000; i++) {
            latencies.add(1_000_000);
        }
        assertThat(latencies.percentileMs(99)).isLessThan(2);
    }

    @Test
    void no_time_is_too_long_or_too_short_to_be_counted() {
        var latencies = new PushLatencies();
        latencies.add(-1);
        latencies.add(0);
        latencies.add(Long.MAX_VALUE);
        assertThat(latencies.percentileMs(100)).isPositive();
    }
}
