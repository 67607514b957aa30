package io.sinew.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Waiting for the end of threads.
class JoinsTest {
    @Test
    void whoever_is_interrupted_waits_on_and_stays_interrupted() throws InterruptedException {
        var release = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        Thread work =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                release.await();
                                ended.set(true);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        var sawTheEnd = new AtomicBoolean();
        var stayed = new AtomicBoolean();
        Thread waiting =
                Thread.ofVirtual()
                        .start(() -> {
                            Thread.currentThread().interrupt();
                            release.countDown();
                            Joins.all(List.of(work));
                            sawTheEnd.set(ended.get());
                            stayed.set(Thread.currentThread().isInterrupted());
                        });
        waiting.join();
        assertThat(sawTheEnd).isTrue();
        assertThat(stayed).isTrue();
    }
}
