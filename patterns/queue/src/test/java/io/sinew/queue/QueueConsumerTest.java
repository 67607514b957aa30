package io.sinew.queue;

import static io.sinew.queue.QueuesUnderTest.isQuiet;
import static io.sinew.queue.QueuesUnderTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Eventually;
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
        try (QueueConsumer _ =
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
        QueueConsumer consumer =
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
        try (QueueConsumer _ =
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
}
