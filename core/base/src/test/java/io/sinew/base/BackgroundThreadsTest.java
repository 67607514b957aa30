package io.sinew.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class BackgroundThreadsTest {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();

    /// Does as many steps as were ordered.
    private final class Orders implements Work {
        private int open;
        private boolean closed;
        private long pauseNanos;
        final AtomicInteger steps = new AtomicInteger();
        final CountDownLatch done;

        Orders(int expected) {
            done = new CountDownLatch(expected);
        }

        void change(Runnable change) {
            lock.lock();
            try {
                change.run();
                moved.signal();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long dueInNanos() {
            if (open > 0) {
                return pauseNanos;
            }
            return closed ? OVER : WHEN_SIGNALLED;
        }

        @Override
        public void step() {
            lock.lock();
            try {
                open--;
            } finally {
                lock.unlock();
            }
            steps.incrementAndGet();
            done.countDown();
        }
    }

    private Worker begin(Work work) {
        return Background.threads().begin(work, Thread.ofPlatform().name("test"), lock, moved);
    }

    @Test
    void work_waits_for_a_signal_and_is_done_step_by_step_until_it_is_over() throws Exception {
        var orders = new Orders(3);
        Worker worker = begin(orders);
        orders.change(() -> orders.open = 2);
        orders.change(() -> orders.open++);
        orders.done.await();
        orders.change(() -> orders.closed = true);
        worker.awaitEnd();
        assertThat(orders.steps).hasValue(3);
    }

    @Test
    void a_step_comes_when_the_wait_for_it_is_over() throws Exception {
        var orders = new Orders(1);
        orders.pauseNanos = 1_000_000;
        orders.open = 1;
        Worker worker = begin(orders);
        orders.done.await();
        orders.change(() -> orders.closed = true);
        worker.awaitEnd();
        assertThat(orders.steps).hasValue(1);
    }

    @Test
    void who_is_about_to_wait_is_left_to_wait() {
        assertThat(Background.threads().workUntil(() -> true, Background.WITHOUT_LIMIT)).isFalse();
    }

    @Test
    void what_fails_side_by_side_fails_for_the_caller() {
        var runs = new AtomicInteger();
        assertThatThrownBy(() ->
                        Background.threads()
                                .sideBySide(
                                        3,
                                        "test-",
                                        () -> {
                                            runs.incrementAndGet();
                                            throw new IOException("no disk");
                                        }))
                .isInstanceOf(IOException.class)
                .hasMessage("no disk");
        assertThat(runs).hasValue(3);
    }
}
