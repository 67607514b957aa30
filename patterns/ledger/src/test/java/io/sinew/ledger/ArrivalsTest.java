package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Consumers that wait for messages.
class ArrivalsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Arrivals arrivals = new Arrivals(100);
    private final ConcurrentLinkedQueue<String> messages = new ConcurrentLinkedQueue<>();
    private final AtomicInteger looks = new AtomicInteger();

    private FutureTask<String> waiting() throws Exception {
        return waiting(TimeUnit.HOURS.toNanos(1));
    }

    /// A consumer that has looked twice and found nothing: it waits, or is just about to.
    private FutureTask<String> waiting(long nanos) throws Exception {
        int before = looks.get();
        var task = new FutureTask<String>(() -> arrivals.await(this::look, nanos));
        Thread thread = Thread.ofPlatform().daemon().start(task);
        Eventually.await(
                LONG,
                "it to wait",
                () -> looks.get() >= before + 2 && thread.getState() == Thread.State.TIMED_WAITING);
        return task;
    }

    private String look() {
        String found = messages.poll();
        looks.incrementAndGet();
        return found;
    }

    private void send(String... some) {
        messages.addAll(List.of(some));
        arrivals.arrived(some.length);
    }

    @Test
    void the_longest_waiting_is_served_first_and_no_more_are_woken_than_messages_came()
            throws Exception {
        var waiting = new ArrayList<FutureTask<String>>();
        for (int i = 0; i < 5; i++) {
            waiting.add(waiting());
        }
        int before = looks.get();
        send("a");
        assertThat(waiting.get(0).get()).isEqualTo("a");
        send("b");
        assertThat(waiting.get(1).get()).isEqualTo("b");
        // Each was woken once, and looked once.
        assertThat(looks.get() - before).isEqualTo(2);
        assertThat(waiting.subList(2, 5)).noneMatch(FutureTask::isDone);
        arrivals.close();
        for (FutureTask<String> one : waiting.subList(2, 5)) {
            assertThat(one.get()).isNull();
        }
    }

    @Test
    void one_that_gives_up_leaves_its_message_to_another() throws Exception {
        FutureTask<String> first = waiting(TimeUnit.MILLISECONDS.toNanos(300));
        FutureTask<String> second = waiting();
        assertThat(first.get()).isNull();
        send("a");
        assertThat(second.get()).isEqualTo("a");
    }

    @Test
    void a_message_that_came_between_a_look_and_the_wait_is_not_slept_through() throws Exception {
        var task =
                new FutureTask<String>(() ->
                        arrivals.await(
                                () -> {
                                    String found = messages.poll();
                                    if (looks.incrementAndGet() == 1) {
                                        // It does not count as waiting yet, and nobody is woken.
                                        send("a");
                                    }
                                    return found;
                                },
                                TimeUnit.HOURS.toNanos(1)));
        Thread _ = Thread.ofVirtual().start(task);
        assertThat(task.get(30, TimeUnit.SECONDS)).isEqualTo("a");
    }

    @Test
    void more_than_may_wait_are_refused_and_taken_again_when_one_is_gone() throws Exception {
        var two = new Arrivals(2);
        var tasks = new ArrayList<FutureTask<String>>();
        for (int i = 0; i < 2; i++) {
            int before = looks.get();
            var task = new FutureTask<String>(() -> two.await(this::look, Long.MAX_VALUE));
            Thread _ = Thread.ofVirtual().start(task);
            tasks.add(task);
            Eventually.await(LONG, "it to wait", () -> looks.get() >= before + 2);
        }
        assertThatThrownBy(() -> two.await(this::look, 1))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_WAITERS));
        // Who does not wait is answered all the same.
        assertThat(two.await(this::look, 0)).isNull();
        messages.add("a");
        Eventually.await(
                LONG,
                "one to be served",
                () -> {
                    two.arrived(1);
                    return tasks.stream().anyMatch(FutureTask::isDone);
                });
        assertThat(two.await(this::look, 1)).isNull();
        two.close();
    }
}
