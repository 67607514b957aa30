package io.sinew.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The driver of queues on a queue that breaks one promise at a time.
class QueueLoadTest {
    private static final String QUEUE = "test";
    private static final int MESSAGES = 200;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /// How long a message is waited for that does not come.
    private static final Duration SHORT = Duration.ofMillis(500);

    private static final QueueLoad.Shape SHAPE = QueueLoad.Shape.of(2, 2, 5);

    @Test
    void a_message_that_was_confirmed_and_never_comes_fails_the_run() {
        var queue =
                MemoryQueue.with((message, body) -> isSeventh(message) ? List.of() : List.of(body));
        assertThatThrownBy(() -> send(queue, SHAPE, SHORT))
                .hasMessage("1 messages were confirmed and never delivered");
    }

    @Test
    void a_message_that_nobody_published_fails_the_run() {
        byte[] foreign = QueueMessage.plain(1_000_000, 0).bytes();
        var queue =
                MemoryQueue.with((message, body) ->
                        isSeventh(message) ? List.of(foreign, body) : List.of(body));
        assertThatThrownBy(() -> send(queue, SHAPE, LIMIT))
                .hasMessage("1 messages were delivered that nobody published");
    }

    @Test
    void a_body_that_was_changed_on_the_way_fails_the_run() {
        var queue =
                MemoryQueue.with((message, body) -> {
                    body[QueueMessage.SIZE_BYTES - 1] ^= 1;
                    return List.of(body);
                });
        assertThatThrownBy(() -> send(queue, SHAPE, LIMIT))
                .hasMessage("a message of 1024 B came that nobody sent like that");
    }

    @Test
    void a_message_that_was_given_back_and_never_comes_again_fails_the_run() {
        assertThatThrownBy(() ->
                        send(MemoryQueue.forgettingWhatIsReturned(), SHAPE.nackEvery(100), SHORT))
                .hasMessage("2 messages were given back and not delivered again");
    }

    @Test
    void a_message_before_an_earlier_one_of_its_group_fails_the_run() {
        var held = new AtomicInteger(-1);
        var queue =
                MemoryQueue.with((message, body) -> {
                    if (message.id() == 0) {
                        held.set(0);
                        return List.of();
                    }
                    boolean first = held.compareAndSet(0, 1);
                    byte[] earlier = new QueueMessage(0, 0, Duration.ZERO, message.group()).bytes();
                    return first ? List.of(body, earlier) : List.of(body);
                });
        assertThatThrownBy(() -> send(queue, QueueLoad.Shape.of(1, 1, 1).groups(1), LIMIT))
                .hasMessage("1 messages were delivered before an earlier one of their group");
    }

    @Test
    void a_refusal_of_the_queue_ends_the_run_and_is_named() {
        var queue =
                MemoryQueue.with((message, body) -> {
                    throw new IllegalStateException("the disk is full");
                });
        assertThatThrownBy(() -> send(queue, SHAPE, LIMIT)).hasMessage("the disk is full");
    }

    @Test
    void a_message_that_comes_twice_is_told_and_counted_once() throws Exception {
        var queue =
                MemoryQueue.with((message, body) ->
                        isSeventh(message) ? List.of(body, body) : List.of(body));
        var outcome = send(queue, SHAPE, LIMIT);
        assertThat(outcome.redelivered()).isEqualTo(1);
        assertThat(outcome.settled()).isEqualTo(MESSAGES);
        assertThat(new Readings().queue(outcome).values()).containsEntry(Quantity.REDELIVERED, 1.0);
    }

    @Test
    void every_message_is_timed_once_at_each_end() throws Exception {
        var outcome = send(MemoryQueue.faithful(), SHAPE, LIMIT);
        assertThat(outcome.settled()).isEqualTo(MESSAGES);
        assertThat(outcome.confirm().getTotalCount()).isEqualTo(MESSAGES);
        assertThat(outcome.endToEnd().getTotalCount()).isEqualTo(MESSAGES);
        assertThat(outcome.redelivered()).isZero();
        assertThat(new Readings().queue(outcome).values()).doesNotContainKey(Quantity.REDELIVERED);
    }

    @Test
    void what_was_given_back_is_expected_once_more_and_acknowledged_then() throws Exception {
        var outcome = send(MemoryQueue.faithful(), SHAPE.nackEvery(10), LIMIT);
        assertThat(outcome.settled()).isEqualTo(MESSAGES);
        assertThat(outcome.again().getTotalCount()).isEqualTo(MESSAGES / 10);
        assertThat(outcome.redelivered()).isZero();
    }

    @Test
    void a_backlog_is_drained_to_the_last_message() throws Exception {
        var queue = MemoryQueue.faithful();
        queue.create(QUEUE);
        var load =
                new QueueLoad(queue, QUEUE, QueueLoad.Shape.of(1, 0, 5).backlogMax(MESSAGES + 5));
        assertThat(load.runAll(source(), LIMIT).settled()).isZero();
        assertThat(load.drain(1, LIMIT).settled()).isEqualTo(MESSAGES);
    }

    /// Half of what is due during a stall is late by at least half of it, however few publishers
    /// were really waiting. A slow machine only makes them later.
    @Test
    void a_stall_counts_for_every_message_that_was_due_in_it() throws Exception {
        var stall = Duration.ofMillis(400);
        int messagesPerSecond = 500;
        var stalled = new AtomicInteger();
        var queue =
                MemoryQueue.with((message, body) -> {
                    // Well after the window has opened, and with it the only publisher.
                    if (message.id() > 50 && stalled.getAndIncrement() == 0) {
                        Pace.rest(stall);
                    }
                    return List.of(body);
                });
        queue.create(QUEUE);
        var shape = QueueLoad.Shape.of(1, 1, 1).paced(messagesPerSecond);
        var outcome = new QueueLoad(queue, QUEUE, shape).run(Duration.ZERO, stall.multipliedBy(2));
        long dueInFirstHalf = messagesPerSecond * stall.toMillis() / 2 / 1000;
        for (var latency : List.of(outcome.confirm(), outcome.endToEnd())) {
            long late = latency.getCountBetweenValues(stall.toNanos() / 2, Long.MAX_VALUE >> 8);
            assertThat(late).isGreaterThanOrEqualTo(dueInFirstHalf * 9 / 10);
        }
    }

    @Test
    void what_a_queue_has_not_got_is_a_result_and_not_a_failure() {
        var run =
                new QueueRun(
                        MemoryQueue.faithful(),
                        "memory",
                        Path.of("target"),
                        Scale.quick(1),
                        note -> {});
        assertThatThrownBy(() -> new DelayedWorkload(10, LIMIT).measure(run))
                .isInstanceOf(NotAvailableException.class)
                .hasMessage("no delayed messages");
        assertThatThrownBy(() -> new FlowWorkload("groups", "", SHAPE.groups(10)).measure(run))
                .isInstanceOf(NotAvailableException.class)
                .hasMessage("no ordered groups");
    }

    private static QueueLoad.Outcome send(MemoryQueue queue, QueueLoad.Shape shape, Duration limit)
            throws Exception {
        queue.create(QUEUE);
        return new QueueLoad(queue, QUEUE, shape).runAll(source(), limit);
    }

    private static QueueLoad.Source source() {
        var next = new AtomicInteger();
        return thread -> {
            int id = next.getAndIncrement();
            return id < MESSAGES ? QueueMessage.plain(id, System.nanoTime()) : null;
        };
    }

    private static boolean isSeventh(QueueMessage message) {
        return message.id() == 7;
    }
}
