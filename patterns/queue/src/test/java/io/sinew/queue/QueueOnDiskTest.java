package io.sinew.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import io.sinew.kit.FaultyDisk;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessagePlace;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.log.LogHealth;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Queues on the embedded engine, whose disk fails.
class QueueOnDiskTest extends QueueContract {
    @Override
    QueuesUnderTest begin() throws IOException {
        return new QueuesOnDisk();
    }

    @Test
    void what_was_sent_and_what_was_settled_survives_a_power_failure() throws Exception {
        try (var on = new QueuesOnDisk()) {
            Queue queue = on.create("orders", Map.of());
            for (int i = 0; i < 20; i++) {
                queue.send(NewMessage.of("m" + i));
            }
            for (int i = 0; i < 10; i++) {
                assertThat(QueuesUnderTest.take(queue)).isEqualTo("m" + i);
            }
            for (int seed = 1; seed <= 5; seed++) {
                on.powerCycle(seed);
                queue = on.queue("orders");
                assertThat(QueuesUnderTest.take(queue)).isEqualTo("m" + (9 + seed));
            }
            for (int i = 15; i < 20; i++) {
                assertThat(QueuesUnderTest.take(queue)).isEqualTo("m" + i);
            }
            assertThat(QueuesUnderTest.isQuiet(queue)).isTrue();
        }
    }

    /// Of what was under way when the disk failed nobody knows; of the rest everybody does.
    @Test
    void when_a_sync_fails_nobody_is_told_of_success_and_all_that_was_is_there_after_a_restart()
            throws Exception {
        try (var on = new QueuesOnDisk()) {
            Queue queue = on.create("orders", Map.of());
            queue.send(List.of(NewMessage.of("a"), NewMessage.of("b"), NewMessage.of("c")));
            assertThat(QueuesUnderTest.take(queue)).isEqualTo("a");
            Message b = QueuesUnderTest.receiveOne(queue);
            assertThat(queue.settle(b.receipt(), new Verdict.Extended(Duration.ofHours(1))))
                    .isEqualTo(Settled.DONE);
            on.disk()
                    .failNext(
                            FaultyDisk.Selection.of(FaultyDisk.Operation.SYNC, ".wal"),
                            new IOException("broken"));
            assertThatThrownBy(() -> queue.ack(b)).isInstanceOf(SinewException.class);
            assertThatThrownBy(() -> queue.send(NewMessage.of("d")))
                    .isInstanceOf(SinewException.class);
            assertThatThrownBy(() -> queue.ack(b)).isInstanceOf(SinewException.class);
            on.powerCycle(5);
            Queue again = on.queue("orders");
            // The failed sync may have written it down all the same; then it is gone, else still
            // b's.
            assertThat(again.ack(b)).isIn(Settled.DONE, Settled.LOST);
            assertThat(QueuesUnderTest.take(again)).isEqualTo("c");
            assertThat(again.counts().live()).isZero();
        }
    }

    @Test
    void a_full_disk_refuses_senders_and_consumers_and_serves_both_again_when_there_is_room()
            throws Exception {
        try (var on = new QueuesOnDisk()) {
            Queue queue = on.create("orders", Map.of());
            queue.send(List.of(NewMessage.of("a"), NewMessage.of("b")));
            Message a = QueuesUnderTest.receiveOne(queue);
            assertThat(queue.settle(a.receipt(), new Verdict.Extended(Duration.ofHours(1))))
                    .isEqualTo(Settled.DONE);
            on.disk()
                    .failEvery(
                            FaultyDisk.Selection.of(FaultyDisk.Operation.WRITE, ".wal"),
                            new IOException("No space left on device"));
            var stalled = new FutureTask<>(() -> queue.send(NewMessage.of("stalled")));
            Thread _ = Thread.ofVirtual().start(stalled);
            Eventually.await(
                    QueuesUnderTest.PATIENCE,
                    "the log to notice",
                    () -> on.health() instanceof LogHealth.Status.DiskFull);
            assertRefused(ErrorCode.DISK_FULL, () -> queue.send(NewMessage.of("c")));
            assertRefused(ErrorCode.DISK_FULL, () -> queue.ack(a));
            on.disk().heal();
            assertThat(stalled.get(30, TimeUnit.SECONDS).offset()).isEqualTo(2);
            Queue again = on.queue("orders");
            assertThat(again.ack(a)).isEqualTo(Settled.DONE);
            assertThat(QueuesUnderTest.take(again)).isEqualTo("b");
            assertThat(QueuesUnderTest.take(again)).isEqualTo("stalled");
            assertThat(QueuesUnderTest.isQuiet(again)).isTrue();
        }
    }

    /// The letter, and the change that takes its message away, are one commit.
    @Test
    void a_power_failure_anywhere_leaves_a_doomed_message_or_its_letter_and_never_both()
            throws Exception {
        for (int seed = 1; seed <= 8; seed++) {
            try (var on = new QueuesOnDisk()) {
                Queue queue = on.create("pay", Map.of("failures.max", "1"));
                queue.send(NewMessage.of("p").withHeader("trace", "t"));
                Message message = QueuesUnderTest.receiveOne(queue);
                long operation = on.disk().operations() + seed;
                on.disk().powerOffAt(operation, 50);
                try {
                    queue.fail(message, "no");
                    queue.send(NewMessage.of("more"));
                } catch (SinewException e) {
                    // Expected: the power is off by then.
                }
                on.powerCycle(seed);
                Queue again = on.queue("pay");
                Queue dead = on.queue("pay.dead");
                Eventually.await(
                        QueuesUnderTest.PATIENCE,
                        "the letter, or the message that has not failed",
                        () ->
                                again.counts().doomed() == 0
                                        && again.counts().unseen() == 0
                                        && dead.counts().unseen() == 0);
                assertThat(
                                again.peek(10).stream().filter(p -> p.seen().offset() == 0).count()
                                        + dead.counts().live())
                        .as("seed %s", seed)
                        .isEqualTo(1);
            }
        }
    }

    /// Each of the ways in which a message can end, and each pair of settings that has a say in it.
    @Test
    void no_setting_takes_another_s_meaning_away() throws Exception {
        for (String dead : List.of("true", "false")) {
            for (String failures : List.of("1", "3")) {
                for (String ttl : List.of("0", "3600000")) {
                    for (String concurrency : List.of("1", "2")) {
                        var settings =
                                Map.of(
                                        "dead.letters", dead,
                                        "failures.max", failures,
                                        "ttl.ms", ttl,
                                        "group.concurrency", concurrency,
                                        "retry.first.ms", "1000");
                        try (var on = new QueuesOnDisk()) {
                            assertMeaning(on, on.create("pay", settings), settings);
                        }
                    }
                }
            }
        }
    }

    private static void assertMeaning(QueuesOnDisk on, Queue queue, Map<String, String> settings)
            throws Exception {
        int failures = Integer.parseInt(settings.getOrDefault("failures.max", ""));
        int concurrency = Integer.parseInt(settings.getOrDefault("group.concurrency", ""));
        for (int i = 0; i < 3; i++) {
            queue.send(NewMessage.of("m" + i).inGroup("g"));
        }
        Eventually.await(QueuesUnderTest.PATIENCE, "all seen", () -> queue.counts().ready() == 3);
        List<Message> out = queue.receive(10, Duration.ZERO);
        assertThat(out).as("%s", settings).hasSize(concurrency);
        for (Message message : out.subList(1, out.size())) {
            queue.settle(message.receipt(), new Verdict.Returned(Duration.ZERO));
        }
        Message poison = out.getFirst();
        for (int attempt = 1; attempt <= failures; attempt++) {
            assertThat(poison.attempt()).as("%s", settings).isEqualTo(attempt);
            queue.fail(poison, "no");
            on.clock.pass(Duration.ofMinutes(1));
            if (attempt < failures) {
                poison = QueuesUnderTest.receiveOne(queue);
            }
        }
        assertThat(QueuesUnderTest.take(queue)).as("%s", settings).isEqualTo("m1");
        on.clock.pass(Duration.ofHours(2));
        boolean expires = !settings.getOrDefault("ttl.ms", "").equals("0");
        assertThat(queue.receive(10, Duration.ZERO)).as("%s", settings).hasSize(expires ? 0 : 1);
        int doomed = expires ? 2 : 1;
        if (settings.getOrDefault("dead.letters", "").equals("true")) {
            Queue dead = on.queue("pay.dead");
            Eventually.await(
                    QueuesUnderTest.PATIENCE, "letters", () -> dead.counts().ready() == doomed);
            assertThat(queue.counts().doomed()).as("%s", settings).isZero();
        } else {
            assertThat(queue.counts().doomed()).as("%s", settings).isEqualTo(doomed);
        }
    }

    @Test
    void what_is_not_due_for_long_is_counted_looked_at_and_purged_like_everything_else()
            throws Exception {
        try (var on = new QueuesOnDisk()) {
            Queue queue = on.create("far", Map.of("tracked.max", "10"));
            for (int day = 1; day <= 100; day++) {
                queue.send(NewMessage.of("day " + day).withDelay(Duration.ofDays(day)));
            }
            // A hundred that wait, and ten that may be looked at together: they hold up nobody.
            queue.send(NewMessage.of("now"));
            assertThat(QueuesUnderTest.take(queue)).isEqualTo("now");
            assertThat(queue.counts().delayed()).isEqualTo(100);
            List<Queue.Peeked> peeked = queue.peek(3);
            assertThat(peeked.stream().map(one -> one.seen().place()))
                    .containsOnly(MessagePlace.DELAYED);
            assertThat(peeked.getFirst().seen().dueMs())
                    .isGreaterThan(on.clock.nowMs() + Duration.ofHours(23).toMillis());
            // All of them come due while nobody runs.
            on.restart();
            on.clock.pass(Duration.ofDays(50));
            queue = on.queue("far");
            for (int day = 1; day <= 50; day++) {
                assertThat(QueuesUnderTest.take(queue)).isEqualTo("day " + day);
            }
            assertThat(QueuesUnderTest.isQuiet(queue)).isTrue();
            queue.purge();
            assertThat(queue.counts().delayed()).isZero();
            on.restart();
            assertThat(on.queue("far").counts().delayed()).isZero();
        }
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SinewException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
