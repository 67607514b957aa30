package io.sinew.queue;

import static io.sinew.queue.QueuesUnderTest.isQuiet;
import static io.sinew.queue.QueuesUnderTest.receiveOne;
import static io.sinew.queue.QueuesUnderTest.take;
import static io.sinew.queue.QueuesUnderTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import io.sinew.ledger.DeadLetters;
import io.sinew.ledger.LedgerCounts;
import io.sinew.ledger.Message;
import io.sinew.ledger.Receipt;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A queue as those see it who send to it and take from it, whatever stores its topics.
abstract class QueueContract {
    private QueuesUnderTest on;

    /// Queues on the engine in question, without a queue yet.
    abstract QueuesUnderTest begin() throws Exception;

    @BeforeEach
    void open() throws Exception {
        on = begin();
    }

    @AfterEach
    void close() throws Exception {
        on.close();
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SinewException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    // ---- nothing is lost

    @Test
    void a_message_comes_again_when_its_consumer_falls_silent() throws Exception {
        Queue queue = on.create("orders", Map.of("lease.ms", "1000"));
        queue.send(NewMessage.of("a"));
        Message first = receiveOne(queue);
        assertThat(isQuiet(queue)).isTrue();
        on.clock.pass(Duration.ofSeconds(10));
        Message second = receiveOne(queue);
        assertThat(text(second)).isEqualTo("a");
        assertThat(queue.ack(first)).isEqualTo(Settled.LOST);
        assertThat(queue.ack(second)).isEqualTo(Settled.DONE);
        assertThat(queue.ack(second)).isEqualTo(Settled.LOST);
        assertThat(isQuiet(queue)).isTrue();
    }

    @Test
    void a_lease_from_before_a_restart_still_counts() throws Exception {
        Queue queue = on.create("orders", Map.of());
        queue.send(List.of(NewMessage.of("a"), NewMessage.of("b")));
        Message a = receiveOne(queue);
        assertThat(text(a)).isEqualTo("a");
        on.restart();
        queue = on.queue("orders");
        assertThat(take(queue)).isEqualTo("b");
        assertThat(queue.ack(a)).isEqualTo(Settled.DONE);
        assertThat(isQuiet(queue)).isTrue();
    }

    @Test
    void a_receipt_that_nobody_was_given_settles_nothing() throws Exception {
        Queue queue = on.create("orders", Map.of());
        queue.send(NewMessage.of("a"));
        Message a = receiveOne(queue);
        Receipt real = a.receipt();
        assertThat(
                        queue.settle(
                                new Receipt(0, real.offset(), real.lease() + 2),
                                new Verdict.Done()))
                .isEqualTo(Settled.LOST);
        assertThat(queue.settle(new Receipt(0, 99, real.lease()), new Verdict.Done()))
                .isEqualTo(Settled.LOST);
        assertRefused(
                ErrorCode.NOT_OWNER,
                () -> queue.settle(new Receipt(7, 0, real.lease()), new Verdict.Done()));
        assertThat(queue.ack(a)).isEqualTo(Settled.DONE);
    }

    @Test
    void a_process_that_has_lost_a_queue_to_another_answers_nobody_with_success() throws Exception {
        Queue zombie = on.create("orders", Map.of());
        zombie.send(List.of(NewMessage.of("a"), NewMessage.of("b")));
        Message a = receiveOne(zombie);
        // Leases are written down behind the answer: this one is, before the other takes over.
        assertThat(zombie.settle(a.receipt(), new Verdict.Extended(Duration.ofMinutes(1))))
                .isEqualTo(Settled.DONE);
        // What another process does that takes the partition over.
        try (Owner _ = on.engine().own("orders.ledger-0")) {
            assertThatThrownBy(() -> zombie.ack(a)).isInstanceOf(SinewException.class);
        }
        Eventually.await(
                QueuesUnderTest.PATIENCE,
                "it to be served again",
                () -> zombie.ledger().partitions().size() == 1);
        assertThat(zombie.ack(a)).isEqualTo(Settled.DONE);
        assertThat(take(zombie)).isEqualTo("b");
    }

    // ---- failures

    @Test
    void a_message_that_failed_too_often_is_a_dead_letter_with_its_history() throws Exception {
        Queue queue = on.create("pay", Map.of("failures.max", "3", "retry.first.ms", "1000"));
        queue.send(
                NewMessage.of("poison")
                        .withKey("k".getBytes(StandardCharsets.UTF_8))
                        .withHeader("trace", "t1")
                        .withTtl(Duration.ofDays(1)));
        for (int attempt = 1; attempt <= 3; attempt++) {
            Message message = receiveOne(queue);
            assertThat(message.attempt()).isEqualTo(attempt);
            assertThat(queue.fail(message, "no " + attempt)).isEqualTo(Settled.DONE);
            assertThat(isQuiet(queue)).isTrue();
            on.clock.pass(Duration.ofMinutes(1));
        }
        Queue dead = on.queue("pay.dead");
        Message letter = receiveOne(dead);
        assertThat(text(letter)).isEqualTo("poison");
        assertThat(letter.key()).isEqualTo("k".getBytes(StandardCharsets.UTF_8));
        assertThat(letter.header("trace")).contains("t1");
        assertThat(letter.header(DeadLetters.REASON)).contains("failed");
        assertThat(letter.header(DeadLetters.TOPIC)).contains("pay");
        assertThat(letter.header(DeadLetters.OFFSET)).contains("0");
        assertThat(letter.header(DeadLetters.FAILURES)).contains("3");
        assertThat(letter.header(DeadLetters.HISTORY).orElseThrow().lines())
                .hasSize(3)
                .first()
                .asString()
                .endsWith(" no 1");
        assertThat(queue.counts().live()).isZero();
    }

    @Test
    void dead_letters_that_can_not_be_moved_keep_nothing_else_from_going_on() throws Exception {
        Queue queue = on.create("pay", Map.of("failures.max", "1"));
        on.engine().changeSettings("pay.dead", Map.of("max.message.bytes", "100"));
        queue.send(NewMessage.of("p".repeat(500)));
        assertThat(queue.fail(receiveOne(queue), "no")).isEqualTo(Settled.DONE);
        queue.send(NewMessage.of("next"));
        assertThat(take(queue)).isEqualTo("next");
        assertThat(queue.counts().doomed()).isEqualTo(1);
        on.restart();
        queue = on.queue("pay");
        assertThat(queue.counts().doomed()).isEqualTo(1);
        on.engine().changeSettings("pay.dead", Map.of("max.message.bytes", "100000"));
        on.restart();
        Queue again = on.queue("pay");
        Eventually.await(QueuesUnderTest.PATIENCE, "the move", () -> again.counts().doomed() == 0);
        assertThat(text(receiveOne(on.queue("pay.dead")))).hasSize(500);
    }

    @Test
    void without_a_queue_for_dead_letters_none_is_dropped() throws Exception {
        Queue queue = on.create("pay", Map.of("failures.max", "1", "dead.letters", "false"));
        queue.send(NewMessage.of("p"));
        queue.fail(receiveOne(queue), "no");
        assertThat(isQuiet(queue)).isTrue();
        assertThat(queue.counts()).isEqualTo(new LedgerCounts(0, 0, 0, 1, 0));
        assertThat(on.queues().find("pay.dead")).isEmpty();
    }

    @Test
    void dead_letters_are_sent_again_each_once_and_as_they_were() throws Exception {
        Queue queue = on.create("pay", Map.of("failures.max", "1"));
        for (int i = 0; i < 5; i++) {
            queue.send(NewMessage.of("m" + i).withHeader("n", "" + i).withDedupeId("d" + i));
            queue.fail(receiveOne(queue), "no");
        }
        Queue dead = on.queue("pay.dead");
        Eventually.await(
                QueuesUnderTest.PATIENCE, "five letters", () -> dead.counts().ready() == 5);
        for (String n : List.of("0", "1", "2", "4")) {
            LetterFilter which = LetterFilter.all().withHeader("n", n);
            Redrive redrive = dead.redrive(queue, Redrive.Options.only(which));
            assertThat(redrive.run()).isEqualTo(1);
        }
        var again = new ArrayList<String>();
        for (int i = 0; i < 4; i++) {
            Message message = receiveOne(queue);
            assertThat(message.attempt()).isEqualTo(1);
            assertThat(message.header(DeadLetters.REDRIVEN)).isPresent();
            assertThat(message.header(DeadLetters.REASON)).isEmpty();
            again.add(text(message));
            queue.ack(message);
        }
        assertThat(again).containsExactly("m0", "m1", "m2", "m4");
        assertThat(isQuiet(queue)).isTrue();
        assertThat(dead.counts().ready()).isEqualTo(1);
    }

    @Test
    void a_consumer_that_refuses_a_message_for_good_or_gives_it_back_is_taken_at_its_word()
            throws Exception {
        Queue queue = on.create("pay", Map.of());
        queue.send(List.of(NewMessage.of("a"), NewMessage.of("b")));
        Message a = receiveOne(queue);
        queue.settle(a.receipt(), new Verdict.Rejected("not a payment"));
        Message b = receiveOne(queue);
        queue.settle(b.receipt(), new Verdict.Returned(Duration.ofSeconds(30)));
        assertThat(isQuiet(queue)).isTrue();
        on.clock.pass(Duration.ofSeconds(31));
        assertThat(receiveOne(queue).attempt()).isEqualTo(1);
        Message letter = receiveOne(on.queue("pay.dead"));
        assertThat(letter.header(DeadLetters.REASON)).contains("rejected");
        assertThat(letter.header(DeadLetters.HISTORY).orElseThrow()).endsWith("not a payment\n");
    }

    @Test
    void at_most_once_a_message_is_gone_when_it_is_received() throws Exception {
        Queue queue = on.create("pay", Map.of());
        queue.send(List.of(NewMessage.of("a"), NewMessage.of("b")));
        Message a = queue.receiveAtMostOnce(1, QueuesUnderTest.PATIENCE).getFirst();
        assertThat(queue.ack(a)).isEqualTo(Settled.LOST);
        on.crash();
        Queue again = on.queue("pay");
        assertThat(take(again)).isEqualTo("b");
        assertThat(isQuiet(again)).isTrue();
    }

    // ---- acknowledgement and sends in one

    @Test
    void an_acknowledgement_and_what_it_sends_are_one_or_nothing() throws Exception {
        Queue in = on.create("in", Map.of());
        Queue out = on.create("out", 3, Map.of());
        in.send(List.of(NewMessage.of("a"), NewMessage.of("b")));
        Message a = receiveOne(in);
        List<NewMessage> made = List.of(NewMessage.of("a1"), NewMessage.of("a2").inGroup("g"));
        assertThat(in.acknowledgeWith(a.receipt(), Map.of(out, made))).isEqualTo(Settled.DONE);
        // Too late, and too often: nothing is sent.
        assertThat(in.acknowledgeWith(a.receipt(), Map.of(out, made))).isEqualTo(Settled.LOST);
        on.crash();
        Queue outAgain = on.queue("out");
        Eventually.await(QueuesUnderTest.PATIENCE, "both", () -> outAgain.counts().ready() == 2);
        assertThat(List.of(take(outAgain), take(outAgain))).containsExactlyInAnyOrder("a1", "a2");
        assertThat(take(on.queue("in"))).isEqualTo("b");
    }

    @Test
    void what_a_topic_refuses_leaves_the_message_with_its_consumer_and_hurts_nobody_else()
            throws Exception {
        Queue in = on.create("in", Map.of());
        Queue out = on.create("out", Map.of());
        in.send(List.of(NewMessage.of("a"), NewMessage.of("b")));
        Message a = receiveOne(in);
        Message b = receiveOne(in);
        NewMessage large = NewMessage.of(new byte[2 << 20]);
        assertRefused(
                ErrorCode.BATCH_TOO_LARGE,
                () -> in.acknowledgeWith(a.receipt(), Map.of(out, List.of(large))));
        assertThat(in.ack(b)).isEqualTo(Settled.DONE);
        assertThat(in.ack(a)).isEqualTo(Settled.DONE);
        assertThat(isQuiet(out)).isTrue();
    }

    // ---- when, in which order, how often

    @Test
    void a_delayed_message_comes_when_its_time_is_over_also_after_a_restart() throws Exception {
        Queue queue = on.create("later", Map.of());
        queue.send(NewMessage.of("in an hour").withDelay(Duration.ofHours(1)));
        queue.send(NewMessage.of("in a year").withDelay(Duration.ofDays(365)));
        queue.send(NewMessage.of("at").dueAt(on.clock.nowMs() + 30 * 60_000));
        queue.send(NewMessage.of("now"));
        assertThat(take(queue)).isEqualTo("now");
        assertThat(isQuiet(queue)).isTrue();
        on.restart();
        on.clock.pass(Duration.ofMinutes(31));
        queue = on.queue("later");
        assertThat(take(queue)).isEqualTo("at");
        assertThat(isQuiet(queue)).isTrue();
        on.clock.pass(Duration.ofMinutes(31));
        assertThat(take(queue)).isEqualTo("in an hour");
        on.clock.pass(Duration.ofDays(365));
        assertThat(take(queue)).isEqualTo("in a year");
    }

    @Test
    void the_first_of_an_ordered_group_holds_up_its_group_and_nobody_else() throws Exception {
        Queue queue = on.create("orders", 2, Map.of("retry.first.ms", "60000"));
        for (int i = 0; i < 3; i++) {
            queue.send(NewMessage.of("ada" + i).inGroup("ada"));
            queue.send(NewMessage.of("bob" + i).inGroup("bob"));
        }
        Eventually.await(QueuesUnderTest.PATIENCE, "six", () -> queue.counts().ready() == 6);
        List<Message> first = queue.receive(10, Duration.ZERO);
        assertThat(first.stream().map(QueuesUnderTest::text))
                .containsExactlyInAnyOrder("ada0", "bob0");
        for (Message message : first) {
            if (text(message).startsWith("ada")) {
                queue.fail(message, "no");
            } else {
                queue.ack(message);
            }
        }
        assertThat(take(queue)).isEqualTo("bob1");
        assertThat(take(queue)).isEqualTo("bob2");
        assertThat(isQuiet(queue)).isTrue();
        on.clock.pass(Duration.ofMinutes(2));
        for (int i = 0; i < 3; i++) {
            assertThat(take(queue)).isEqualTo("ada" + i);
        }
    }

    @Test
    void higher_priorities_go_first_and_low_ones_are_not_forgotten() throws Exception {
        Queue queue = on.create("orders", Map.of("aging.ms", "60000"));
        for (int priority : List.of(0, 4, 9)) {
            queue.send(NewMessage.of("p" + priority).withPriority(priority));
        }
        Eventually.await(QueuesUnderTest.PATIENCE, "three", () -> queue.counts().ready() == 3);
        assertThat(take(queue)).isEqualTo("p9");
        assertThat(take(queue)).isEqualTo("p4");
        queue.send(NewMessage.of("again").withPriority(5));
        Eventually.await(QueuesUnderTest.PATIENCE, "two", () -> queue.counts().ready() == 2);
        assertThat(take(queue)).isEqualTo("again");
        // p0 has waited for as long as six priorities are worth.
        on.clock.pass(Duration.ofMinutes(6));
        queue.send(NewMessage.of("late").withPriority(5));
        Eventually.await(QueuesUnderTest.PATIENCE, "two", () -> queue.counts().ready() == 2);
        assertThat(take(queue)).isEqualTo("p0");
    }

    @Test
    void a_dedupe_id_counts_for_its_window_also_after_ack_and_restart() throws Exception {
        Queue queue = on.create("orders", 3, Map.of("dedupe.window.ms", "60000"));
        Sent first = queue.send(NewMessage.of("a").withDedupeId("x"));
        assertThat(take(queue)).isEqualTo("a");
        assertThat(queue.send(NewMessage.of("a").withDedupeId("x")))
                .isEqualTo(new Sent(first.partition(), first.offset(), true));
        on.restart();
        Queue again = on.queue("orders");
        Eventually.await(QueuesUnderTest.PATIENCE, "all seen", () -> again.counts().unseen() == 0);
        assertThat(again.send(NewMessage.of("a").withDedupeId("x")).duplicate()).isTrue();
        assertThat(isQuiet(again)).isTrue();
    }

    /// In the log's time, which the test does not move on every engine.
    @Test
    void a_dedupe_id_is_free_again_when_its_window_is_over() throws Exception {
        Queue queue = on.create("orders", Map.of("dedupe.window.ms", "500"));
        queue.send(NewMessage.of("a").withDedupeId("x"));
        assertThat(take(queue)).isEqualTo("a");
        Eventually.await(
                QueuesUnderTest.PATIENCE,
                "the id to be free",
                () -> !queue.send(NewMessage.of("b").withDedupeId("x")).duplicate());
        assertThat(take(queue)).isEqualTo("b");
    }

    @Test
    void a_sender_is_told_before_a_dedupe_id_is_driven_out_too_early() throws Exception {
        Queue queue = on.create("orders", Map.of("dedupe.max", "2"));
        for (String id : List.of("x", "y")) {
            queue.send(NewMessage.of(id).withDedupeId(id));
            assertThat(take(queue)).isEqualTo(id);
        }
        assertRefused(
                ErrorCode.DEDUPE_WINDOW_FULL,
                () -> queue.send(NewMessage.of("z").withDedupeId("z")));
        assertThat(queue.send(NewMessage.of("x").withDedupeId("x")).duplicate()).isTrue();
        queue.send(NewMessage.of("without"));
        assertThat(take(queue)).isEqualTo("without");
    }

    /// Whatever the defaults of the server or the cluster are.
    @Test
    void retention_deletes_no_live_message() throws Exception {
        on.create("orders", Map.of());
        for (String topic : List.of("orders", "orders.ledger", "orders.dead")) {
            assertThat(on.engine().topic(topic).orElseThrow().settings())
                    .containsEntry("retention.ms", "-1")
                    .containsEntry("retention.bytes", "-1")
                    .containsEntry("cleanup.policy", "delete");
        }
    }

    @Test
    void a_message_that_nobody_took_in_its_time_is_a_dead_letter() throws Exception {
        Queue queue = on.create("orders", Map.of("ttl.ms", "60000"));
        queue.send(List.of(NewMessage.of("a"), NewMessage.of("b").withTtl(Duration.ofHours(1))));
        on.clock.pass(Duration.ofMinutes(2));
        assertThat(take(queue)).isEqualTo("b");
        Message letter = receiveOne(on.queue("orders.dead"));
        assertThat(text(letter)).isEqualTo("a");
        assertThat(letter.header(DeadLetters.REASON)).contains("expired");
    }

    @Test
    void what_any_kafka_producer_writes_to_the_topic_is_a_message() throws Exception {
        Queue queue = on.create("orders", Map.of());
        var value = "from outside".getBytes(StandardCharsets.UTF_8);
        var headers = List.of(Header.of("sinew-priority", "high"), Header.of("sinew-due", "-1"));
        on.engine()
                .append(
                        new TopicPartition("orders", 0),
                        List.of(new NewRecord(null, value, headers, 1)));
        assertThat(take(queue)).isEqualTo("from outside");
    }

    // ---- limits and administration

    @Test
    void a_full_queue_refuses_and_takes_again_when_there_is_room() throws Exception {
        Queue queue = on.create("small", Map.of("messages.max", "3"));
        queue.send(List.of(NewMessage.of("a"), NewMessage.of("b"), NewMessage.of("c")));
        assertRefused(ErrorCode.QUEUE_FULL, () -> queue.send(NewMessage.of("d")));
        assertThat(take(queue)).isEqualTo("a");
        assertThat(queue.send(NewMessage.of("d")).offset()).isEqualTo(3);
    }

    @Test
    void more_messages_than_are_tracked_wait_in_the_log_and_all_come() throws Exception {
        Queue queue = on.create("deep", Map.of("tracked.max", "10"));
        for (int i = 0; i < 20; i++) {
            var batch = new ArrayList<NewMessage>();
            for (int j = 0; j < 20; j++) {
                batch.add(NewMessage.of("m" + (20 * i + j)));
            }
            queue.send(batch);
        }
        for (int i = 0; i < 400; i++) {
            assertThat(take(queue)).isEqualTo("m" + i);
        }
        assertThat(isQuiet(queue)).isTrue();
    }

    @Test
    void a_paused_queue_delivers_nothing_and_lets_consumers_finish() throws Exception {
        Queue queue = on.create("orders", Map.of());
        queue.send(List.of(NewMessage.of("a"), NewMessage.of("b")));
        Message a = receiveOne(queue);
        queue.pause(true);
        assertThat(isQuiet(queue)).isTrue();
        assertThat(queue.ack(a)).isEqualTo(Settled.DONE);
        on.restart();
        Queue again = on.queue("orders");
        assertThat(again.isPaused()).isTrue();
        assertThat(isQuiet(again)).isTrue();
        again.pause(false);
        assertThat(take(again)).isEqualTo("b");
    }

    @Test
    void a_purge_drops_what_nobody_has_and_a_look_takes_nothing() throws Exception {
        Queue queue = on.create("orders", Map.of());
        queue.send(List.of(NewMessage.of("a"), NewMessage.of("b"), NewMessage.of("c")));
        Message a = receiveOne(queue);
        assertThat(queue.peek(10))
                .extracting(peeked -> peeked.seen().offset())
                .containsExactly(0L, 1L, 2L);
        assertThat(queue.counts()).isEqualTo(new LedgerCounts(2, 0, 1, 0, 0));
        queue.purge();
        assertThat(queue.counts()).isEqualTo(new LedgerCounts(0, 0, 1, 0, 0));
        assertThat(queue.ack(a)).isEqualTo(Settled.DONE);
        on.restart();
        assertThat(isQuiet(on.queue("orders"))).isTrue();
    }

    @Test
    void what_is_dealt_with_leaves_the_log_and_its_ledger_stays_small() throws Exception {
        Queue queue = on.create("busy", Map.of());
        var data = new TopicPartition("busy", 0);
        var ledger = new TopicPartition("busy.ledger", 0);
        queue.send(NewMessage.of("kept"));
        Message kept = receiveOne(queue);
        queue.settle(kept.receipt(), new Verdict.Extended(Duration.ofHours(1)));
        String cause = "x".repeat(200);
        for (int round = 0; on.engine().startOffset(ledger) == 0; round++) {
            assertThat(round).isLessThan(2_000);
            var many = new ArrayList<NewMessage>();
            for (int i = 0; i < 100; i++) {
                many.add(NewMessage.of("m"));
            }
            queue.send(many);
            List<Message> got = queue.receive(100, QueuesUnderTest.PATIENCE);
            var receipts = got.stream().map(Message::receipt).toList();
            queue.ledger()
                    .settleAll(receipts, new Verdict.Failed(Optional.of(Duration.ZERO), cause));
            queue.ledger()
                    .settleAll(
                            queue.receive(1_000, QueuesUnderTest.PATIENCE).stream()
                                    .map(Message::receipt)
                                    .toList(),
                            new Verdict.Done());
        }
        // The oldest live message is the one that was kept.
        assertThat(on.engine().startOffset(data)).isZero();
        assertThat(queue.ack(kept)).isEqualTo(Settled.DONE);
        on.restart();
        Queue again = on.queue("busy");
        var counts = again.counts();
        assertThat(counts.leased()).isZero();
        assertThat(counts.live()).isEqualTo(again.peek(1_000).size());
    }

    @Test
    void wrong_requests_are_refused_with_what_to_do() throws Exception {
        Queue queue = on.create("orders", Map.of());
        assertRefused(ErrorCode.QUEUE_ALREADY_EXISTS, () -> on.create("orders", Map.of()));
        assertRefused(ErrorCode.QUEUE_NOT_FOUND, () -> on.queues().queue("nothing"));
        assertRefused(ErrorCode.QUEUE_NOT_FOUND, () -> on.queues().delete("nothing"));
        assertRefused(ErrorCode.INVALID_TOPIC_NAME, () -> on.create("a/b", Map.of()));
        assertRefused(ErrorCode.INVALID_TOPIC_NAME, () -> on.create("a".repeat(201), Map.of()));
        assertRefused(ErrorCode.INVALID_PARTITIONS, () -> on.create("none", 0, Map.of()));
        assertRefused(ErrorCode.INVALID_CONFIG, () -> on.create("x", Map.of("lease", "1")));
        assertRefused(ErrorCode.INVALID_CONFIG, () -> on.create("x", Map.of("lease.ms", "a")));
        assertRefused(ErrorCode.INVALID_CONFIG, () -> on.create("x", Map.of("lease.ms", "0")));
        on.engine().createTopic("log", 1, Map.of());
        assertRefused(ErrorCode.TOPIC_ALREADY_EXISTS, () -> on.create("log", Map.of()));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> queue.receive(0, Duration.ZERO));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> queue.receive(1_001, Duration.ZERO));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> queue.receive(1, Duration.ofHours(1)));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> queue.send(List.of()));
        assertRefused(
                ErrorCode.INVALID_REQUEST, () -> queue.send(NewMessage.of("a").withPriority(10)));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> queue.send(NewMessage.of("a").inGroup("")));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> queue.send(NewMessage.of("a").withDedupeId("x".repeat(2_000))));
        assertRefused(
                ErrorCode.BATCH_TOO_LARGE, () -> queue.send(NewMessage.of(new byte[2 << 20])));
    }

    @Test
    void a_deleted_queue_is_gone_with_its_topics_and_may_come_again() throws Exception {
        Queue queue = on.create("orders", Map.of());
        queue.send(NewMessage.of("a"));
        on.queues().delete("orders");
        assertThat(on.queues().list()).isEmpty();
        assertThat(on.engine().topicNames())
                .doesNotContain("orders", "orders.ledger", "orders.dead");
        assertThat(isQuiet(on.create("orders", Map.of()))).isTrue();
    }

    @Test
    void two_processes_that_create_one_queue_at_once_have_one() throws Exception {
        try (var other = new Queues(on.engine(), on.clock, "there")) {
            for (int i = 0; i < 10; i++) {
                String name = "q" + i;
                var both = new ArrayList<FutureTask<Boolean>>();
                for (Queues one : List.of(on.queues(), other)) {
                    var task = new FutureTask<Boolean>(() -> created(one, name));
                    Thread _ = Thread.ofVirtual().start(task);
                    both.add(task);
                }
                assertThat(both.getFirst().get() || both.getLast().get()).isTrue();
                assertThat(other.find(name)).isEqualTo(on.queues().find(name)).isPresent();
            }
            on.queue("q0").send(NewMessage.of("a"));
            assertThat(take(on.queue("q0"))).isEqualTo("a");
        }
    }

    private static boolean created(Queues queues, String name) throws InterruptedException {
        try {
            var _ = queues.create(name, 1, QueueSettings.defaults());
            return true;
        } catch (SinewException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_ALREADY_EXISTS);
            return false;
        }
    }
}
