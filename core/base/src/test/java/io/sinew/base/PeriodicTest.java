package io.sinew.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeriodicTest {
    private static final Duration MOMENT = Duration.ofMillis(20);

    @Test
    void steps_are_done_again_and_again_until_it_is_closed() throws Exception {
        var three = new CountDownLatch(3);
        var periodic = new Periodic("test", () -> 1, three::countDown);
        periodic.start(Background.threads());
        three.await();
        periodic.close();
        assertThat(periodic.isEnding()).isTrue();
        assertThat(periodic.awaitEnd(Duration.ZERO)).isTrue();
    }

    @Test
    void a_long_pause_does_not_hold_up_who_closes_it() {
        try (var periodic = new Periodic("test", () -> Long.MAX_VALUE, () -> {})) {
            periodic.start(Background.threads());
        }
    }

    @Test
    void what_was_never_started_is_over() {
        var periodic = new Periodic("test", () -> 1, () -> {});
        periodic.end();
        assertThat(periodic.awaitEnd(Duration.ZERO)).isTrue();
        periodic.close();
    }

    @Test
    void who_ends_it_does_not_wait_for_a_step_that_is_on_its_way() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var sawEnding = new AtomicInteger();
        var periodic = new Periodic[1];
        periodic[0] =
                new Periodic(
                        "test",
                        () -> 0,
                        () -> {
                            begun.countDown();
                            goOn.await();
                            sawEnding.set(periodic[0].isEnding() ? 1 : 0);
                        });
        periodic[0].start(Background.threads());
        begun.await();
        periodic[0].end();
        assertThat(periodic[0].awaitEnd(MOMENT)).isFalse();
        goOn.countDown();
        periodic[0].awaitEnd();
        assertThat(sawEnding).hasValue(1);
    }

    @Test
    void who_is_interrupted_stops_waiting_and_stays_interrupted() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var periodic =
                new Periodic(
                        "test",
                        () -> 0,
                        () -> {
                            begun.countDown();
                            goOn.await();
                        });
        periodic.start(Background.threads());
        begun.await();
        Thread.currentThread().interrupt();
        periodic.close();
        assertThat(Thread.interrupted()).isTrue();
        goOn.countDown();
        periodic.awaitEnd();
    }
}
