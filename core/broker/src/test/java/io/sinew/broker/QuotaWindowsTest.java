package io.sinew.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.stats.Rate;
import org.junit.jupiter.api.Test;

/// The arithmetic of quotas, by hand and against the class that Kafka counts with.
class QuotaWindowsTest {
    private static final int WINDOWS = 11;
    private static final long WINDOW_MS = 1_000;

    private final QuotaWindows windows = new QuotaWindows(WINDOWS, WINDOW_MS);

    @Test
    void the_first_use_is_counted_over_all_windows_but_one() {
        windows.add(10_000, 0);
        assertThat(windows.rate(0)).isEqualTo(1_000);
        assertThat(windows.rate(500)).isEqualTo(10_000 / 10.5);
    }

    @Test
    void within_the_limit_there_is_no_pause() {
        windows.add(10_000, 0);
        assertThat(windows.pauseMs(1_000, 0)).isZero();
    }

    @Test
    void the_pause_is_the_time_in_which_the_rate_comes_down_to_the_limit() {
        windows.add(15_000, 0);
        // 15,000 in 10 s against 1,000 a second: 5 s more.
        assertThat(windows.pauseMs(1_000, 0)).isEqualTo(5_000);
        assertThat(windows.rate(5_000)).isEqualTo(1_500);
    }

    @Test
    void after_all_windows_nothing_is_left() {
        windows.add(15_000, 0);
        assertThat(windows.rate(WINDOWS * WINDOW_MS)).isZero();
        assertThat(windows.pauseMs(1, WINDOWS * WINDOW_MS)).isZero();
    }

    @Test
    void what_is_given_back_was_not_used() {
        windows.add(15_000, 0);
        windows.add(-15_000, 10);
        assertThat(windows.rate(10)).isZero();
    }

    @Test
    void a_limit_close_to_nothing_is_a_pause_close_to_for_ever() {
        windows.add(Long.MAX_VALUE, 0);
        assertThat(windows.pauseMs(Double.MIN_VALUE, 0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void every_rate_and_pause_is_what_kafka_would_say() {
        Trials.run(
                500,
                random -> {
                    int count = random.nextInt(1, 14);
                    int seconds = random.nextInt(1, 4);
                    long windowMs = TimeUnit.SECONDS.toMillis(seconds);
                    var ours = new QuotaWindows(count, windowMs);
                    var rate = new Rate();
                    MetricConfig config =
                            new MetricConfig().timeWindow(seconds, TimeUnit.SECONDS).samples(count);
                    double limit = random.nextDouble(1, 5_000);
                    long now = random.nextLong(1_000_000);
                    for (int i = 0; i < 300; i++) {
                        now +=
                                random.nextInt(3) == 0
                                        ? random.nextInt(20_000)
                                        : random.nextInt(700);
                        double amount = random.nextInt(100_000);
                        ours.add(amount, now);
                        rate.record(config, amount, now);
                        now += random.nextInt(4) == 0 ? random.nextInt(3_000) : 0;
                        double theirs = rate.measure(config, now);
                        assertThat(ours.rate(now)).isEqualTo(theirs);
                        long pauseMs =
                                theirs <= limit
                                        ? 0
                                        : Math.round(
                                                (theirs - limit)
                                                        / limit
                                                        * rate.windowSize(config, now));
                        assertThat(ours.pauseMs(limit, now)).isEqualTo(pauseMs);
                    }
                });
    }
}
