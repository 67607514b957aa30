package io.sinew.queue;

import static io.sinew.queue.QueuesUnderTest.isQuiet;
import static io.sinew.queue.QueuesUnderTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import io.sinew.ledger.ConsumerOptions;
import io.sinew.ledger.LedgerCounts;
import io.sinew.ledger.MessageConsumer;
import io.sinew.ledger.MessageHandler;
import io.sinew.ledger.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Handlers that deal with a queue's messages.
class QueueConsumerTest {
    private QueuesOnDisk on;

    @BeforeEach
    void open() throws IOException {
        on = new QueuesOnDisk();
    }

    @AfterEach
    void close() throws IOException {
        on.close();
    }

    private static List<NewMessage> numbered(int count) {
        var messages = new ArrayList<NewMessage>();
        for (int i = 0; i < count; i++) {
            messages.add(NewMessage.of("m" + i));
        }
        return messages;
    }

    @Test
    void a_handler_that_throws_has_the_message_again_until_it_is_a_dead_letter() throws Exception {
        Queue queue =
                on.create(
                        "pay",
                        Map.of("failures.max", "3", "retry.max.ms", "0", "retry.first.ms", "0"));
        queue.send(numbered(10));
        var attempts = new AtomicInteger();
        var done = ConcurrentHashMap.<String>newKeySet();
        try (MessageConsumer _ =
                queue.consume(
                        ConsumerOptions.concurrency(4),
                        message -> {
                            if (text(message).equals("m7")) {
                                attempts.incrementAndGet();
                                throw new IOException("poison");
                            }
                            done.add(text(message));
                            return new Verdict.Done();
                        })) {
            Eventually.await(QueuesUnderTest.PATIENCE, "all", () -> queue.counts().live() == 0);
        }
        assertThat(attempts).hasValue(3);
        assertThat(done).hasSize(9).doesNotContain("m7");
        assertThat(text(QueuesUnderTest.receiveOne(on.queue("pay.dead")))).isEqualTo("m7");
    }

    @Test
    void a_consumer_takes_no_more_than_it_can_begin_and_the_rest_is_there_for_others()
            throws Exception {
        Queue queue = on.create("orders", Map.of());
        queue.send(numbered(10));
        var release = new CountDownLatch(1);
        var begun = new AtomicInteger();
        MessageConsumer consumer =
                queue.consume(
                        ConsumerOptions.concurrency(3),
                        _ -> {
                            begun.incrementAndGet();
                            release.await();
                            return new Verdict.Done();
                        });
        try {
            Eventually.await(QueuesUnderTest.PATIENCE, "three", () -> begun.get() == 3);
            Eventually.await(QueuesUnderTest.PATIENCE, "seven", () -> queue.counts().ready() == 7);
            assertThat(queue.receive(10, Duration.ZERO)).hasSize(7);
        } finally {
            release.countDown();
            consumer.close();
        }
        assertThat(begun).hasValue(3);
        assertThat(queue.counts().leased()).isEqualTo(7);
    }

    @Test
    void a_handler_that_takes_long_keeps_its_message() throws Exception {
        Queue queue = on.create("slow", Map.of());
        queue.send(NewMessage.of("a"));
        var release = new CountDownLatch(1);
        Set<Integer> leases = ConcurrentHashMap.newKeySet();
        var begun = new CountDownLatch(1);
        try (MessageConsumer _ =
                queue.consume(
                        ConsumerOptions.concurrency(2).withLease(Duration.ofMillis(300)),
                        message -> {
                            leases.add(message.receipt().lease());
                            begun.countDown();
                            release.await();
                            return new Verdict.Done();
                        })) {
            begun.await();
            long until = on.clock.nowMs() + 1_500;
            Eventually.await(
                    QueuesUnderTest.PATIENCE, "five leases", () -> on.clock.nowMs() > until);
            assertThat(queue.counts().leased()).isEqualTo(1);
            release.countDown();
        }
        assertThat(leases).hasSize(1);
        assertThat(isQuiet(queue)).isTrue();
        assertThat(queue.counts().live()).isZero();
    }

    @Test
    void options_that_can_not_be_kept_are_refused() {
        ConsumerOptions two = ConsumerOptions.concurrency(2);
        assertThatThrownBy(() -> ConsumerOptions.concurrency(0)).hasMessageContaining("1 to");
        assertThatThrownBy(() -> two.withCredit(1)).hasMessageContaining("at least as many");
        assertThatThrownBy(() -> two.withCredit(ConsumerOptions.CREDIT_MAX + 1))
                .isInstanceOf(SinewException.class);
        assertThatThrownBy(() -> two.atMostPerSecond(-1)).isInstanceOf(SinewException.class);
        assertThatThrownBy(() -> two.atMostPerSecondOfGroup(2_000_000))
                .isInstanceOf(SinewException.class);
        assertThatThrownBy(() -> two.withLease(Duration.ZERO)).isInstanceOf(SinewException.class);
    }

    @Test
    void with_credit_it_takes_more_than_it_begins_and_gives_back_what_it_did_not_begin()
            throws Exception {
        Queue queue = on.create("orders", Map.of());
        queue.send(numbered(10));
        var release = new CountDownLatch(1);
        var begun = new AtomicInteger();
        MessageConsumer consumer =
                queue.consume(
                        ConsumerOptions.concurrency(2).withCredit(7).withLease(Duration.ofHours(1)),
                        _ -> {
                            begun.incrementAndGet();
                            release.await();
                            return new Verdict.Done();
                        });
        Eventually.await(QueuesOnDisk.PATIENCE, "two", () -> begun.get() == 2);
        Eventually.await(QueuesOnDisk.PATIENCE, "seven", () -> queue.counts().leased() == 7);
        assertThat(queue.counts().ready()).isEqualTo(3);
        var closing = new Thread(consumer::close);
        closing.start();
        // What it did not begin comes back before what it did is done.
        Eventually.await(QueuesOnDisk.PATIENCE, "eight", () -> queue.counts().ready() == 8);
        release.countDown();
        closing.join();
        assertThat(begun).hasValue(2);
        assertThat(queue.counts()).isEqualTo(new LedgerCounts(8, 0, 0, 0, 0));
        assertThat(QueuesOnDisk.receiveOne(queue).attempt()).isEqualTo(1);
    }

    @Test
    void with_a_rate_it_begins_one_message_when_its_time_has_come() throws Exception {
        Queue queue = on.create("orders", Map.of());
        queue.send(numbered(5));
        var clock = new StoppedClock(on.clock);
        var begun = new AtomicInteger();
        MessageHandler handler =
                _ -> {
                    begun.incrementAndGet();
                    return new Verdict.Done();
                };
        ConsumerOptions options = ConsumerOptions.concurrency(10).atMostPerSecond(100);
        try (MessageConsumer _ = MessageConsumer.start(queue.ledger(), options, handler, clock)) {
            for (int i = 1; i <= 4; i++) {
                int count = i;
                Eventually.await(
                        QueuesOnDisk.PATIENCE, "one", () -> queue.counts().live() == 5 - count);
                assertThat(begun).hasValue(count);
                // Nothing that waits for its time is kept from others.
                assertThat(queue.counts().ready()).isEqualTo(5 - count);
                clock.pass(10_000_000);
            }
            Eventually.await(QueuesOnDisk.PATIENCE, "all", () -> queue.counts().live() == 0);
        }
        assertThat(begun).hasValue(5);
    }

    @Test
    void a_group_that_has_had_its_turn_waits_in_the_queue_and_holds_up_nobody_else()
            throws Exception {
        Queue queue = on.create("orders", Map.of());
        for (String text : List.of("a0", "a1", "b0", "b1", "alone0", "alone1")) {
            NewMessage message = NewMessage.of(text);
            queue.send(text.startsWith("alone") ? message : message.inGroup(text.substring(0, 1)));
        }
        var clock = new StoppedClock(on.clock);
        Set<String> begun = ConcurrentHashMap.newKeySet();
        Set<Integer> attempts = ConcurrentHashMap.newKeySet();
        MessageHandler handler =
                message -> {
                    attempts.add(message.attempt());
                    begun.add(text(message));
                    return new Verdict.Done();
                };
        ConsumerOptions options = ConsumerOptions.concurrency(10).atMostPerSecondOfGroup(1);
        try (MessageConsumer _ = MessageConsumer.start(queue.ledger(), options, handler, clock)) {
            Eventually.await(
                    QueuesOnDisk.PATIENCE,
                    "the second of each group to be put off",
                    () -> queue.counts().equals(new LedgerCounts(0, 2, 0, 0, 0)));
            assertThat(begun).containsExactlyInAnyOrder("a0", "b0", "alone0", "alone1");
            clock.pass(1_000_000_000);
            on.clock.pass(Duration.ofSeconds(2));
            Eventually.await(QueuesOnDisk.PATIENCE, "all", () -> queue.counts().live() == 0);
        }
        assertThat(begun).hasSize(6);
        assertThat(attempts).containsExactly(1);
    }

    @Test
    void at_most_once_a_message_is_settled_before_its_handler_has_it() throws Exception {
        Queue queue = on.create("orders", Map.of("failures.max", "1"));
        queue.send(NewMessage.of("a"));
        var live = new AtomicLong(-1);
        var begun = new AtomicInteger();
        try (MessageConsumer _ =
                queue.consume(
                        ConsumerOptions.concurrency(1).atMostOnce(),
                        _ -> {
                            live.set(queue.counts().live());
                            begun.incrementAndGet();
                            throw new IOException("and what it says counts for nothing");
                        })) {
            Eventually.await(QueuesOnDisk.PATIENCE, "it", () -> begun.get() == 1);
        }
        assertThat(live).hasValue(0);
        assertThat(isQuiet(queue)).isTrue();
        assertThat(isQuiet(on.queue("orders.dead"))).isTrue();
    }
}
