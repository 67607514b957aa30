package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.kit.Eventually;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.topics.NewRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A ledger whose commits fail, or take long.
class LedgerFaultTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final TopicPartition DATA = new TopicPartition("t", 0);
    private static final LedgerConfig CONFIG =
            LedgerConfig.alone("t", "t.ledger", Optional.empty(), LedgerSettings.defaults());

    /// A clock whose counter goes on when a test says so.
    private static final class Counter implements Clock {
        private final AtomicLong passedNanos = new AtomicLong();

        void pass(Duration time) {
            passedNanos.addAndGet(time.toNanos());
        }

        @Override
        public long nowMs() {
            return Clock.system().nowMs();
        }

        @Override
        public long nanos() {
            return Clock.system().nanos() + passedNanos.get();
        }
    }

    private final Counter clock = new Counter();
    private final AtomicLong ids = new AtomicLong();
    private Broker broker;
    private FaultyEngine engine;
    private Ledger ledger;

    @BeforeEach
    void open() throws Exception {
        DataDirectory data = DataDirectory.open(new FaultyDisk(), Path.of("/data"), "cluster");
        broker = Broker.open(data, BrokerSettings.of(Map.of()), Clock.system(), new Metrics());
        engine =
                new FaultyEngine(
                        new EmbeddedEngine(broker, () -> new UUID(7, ids.incrementAndGet())));
        engine.createTopic("t", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        engine.createTopic("t.ledger", 1, Map.of());
        engine.createTopic("out", 1, Map.of());
        ledger = Ledger.open(engine, clock, CONFIG, "here", BodyRoom.ofHeap());
        awaitServed();
    }

    @AfterEach
    void close() throws Exception {
        engine.refusal = Optional.empty();
        engine.beforeOwn.countDown();
        engine.beforeCommit.countDown();
        ledger.close();
        engine.close();
        broker.close();
    }

    /// The partition, as another process has it.
    private LedgerHome otherHome() {
        return new LedgerHome(
                engine,
                clock,
                new LedgerHome.Place("t", "t.ledger", 0),
                new LedgerHome.Known(() -> List.of(""), () -> List.of(CONFIG)),
                Optional.empty());
    }

    private void awaitServed() throws Exception {
        Eventually.await(LONG, "it to be served", () -> ledger.partitions().contains(0));
    }

    private void send(String... texts) throws InterruptedException {
        long[] _ =
                engine.append(DATA, List.of(texts).stream().map(LedgerFaultTest::record).toList());
    }

    private static NewRecord record(String text) {
        return new NewRecord(
                new byte[0], text.getBytes(StandardCharsets.UTF_8), List.of(), 1_700_000_000_000L);
    }

    private Message receiveOne() throws InterruptedException {
        List<Message> messages = ledger.receive(1, LONG, Duration.ofSeconds(30));
        assertThat(messages).hasSize(1);
        return messages.getFirst();
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SinewException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static <T> FutureTask<T> begun(Callable<T> call) {
        var task = new FutureTask<T>(call);
        Thread _ = Thread.ofVirtual().start(task);
        return task;
    }

    // ---- what can't be written down

    @Test
    void an_acknowledgement_that_could_not_be_written_down_is_refused_and_the_message_comes_again()
            throws Exception {
        send("a");
        Message a = receiveOne();
        // So that the lease is written down.
        assertThat(ledger.settle(a.receipt(), new Verdict.Extended(Duration.ofSeconds(30))))
                .isEqualTo(Settled.DONE);
        engine.refusal = Optional.of(ErrorCode.DISK_FULL);
        assertRefused(ErrorCode.DISK_FULL, () -> ledger.settle(a.receipt(), new Verdict.Done()));
        engine.refusal = Optional.empty();
        awaitServed();
        assertThat(ledger.counts().leased()).isEqualTo(1);
        assertThat(ledger.settle(a.receipt(), new Verdict.Done())).isEqualTo(Settled.DONE);
        assertThat(ledger.counts().live()).isZero();
    }

    @Test
    void whoever_asks_after_a_commit_that_failed_is_not_answered_from_what_was_decided()
            throws Exception {
        send("a");
        Message a = receiveOne();
        assertThat(ledger.settle(a.receipt(), new Verdict.Extended(Duration.ofSeconds(30))))
                .isEqualTo(Settled.DONE);
        engine.beforeCommit = new CountDownLatch(1);
        int before = engine.commits.get();
        FutureTask<Settled> ack = begun(() -> ledger.settle(a.receipt(), new Verdict.Done()));
        Eventually.await(LONG, "the commit", () -> engine.commits.get() > before);
        // In memory it is dealt with by now. A second consumer that asks must not hear of it.
        engine.refusal = Optional.of(ErrorCode.LOG_STOPPED);
        engine.beforeCommit.countDown();
        assertThatThrownBy(() -> ack.get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SinewException.class);
        assertRefused(ErrorCode.NOT_OWNER, () -> ledger.counts(0));
        assertRefused(ErrorCode.NOT_OWNER, () -> ledger.settle(a.receipt(), new Verdict.Done()));
        engine.refusal = Optional.empty();
        awaitServed();
        assertThat(ledger.counts().live()).isEqualTo(1);
    }

    @Test
    void all_who_wait_for_a_commit_that_fails_are_refused() throws Exception {
        for (int i = 0; i < 20; i++) {
            send("m" + i);
        }
        List<Message> messages = new ArrayList<>();
        while (messages.size() < 20) {
            messages.add(receiveOne());
        }
        assertThat(
                        ledger.settle(
                                messages.getFirst().receipt(),
                                new Verdict.Extended(Duration.ofSeconds(30))))
                .isEqualTo(Settled.DONE);
        engine.beforeCommit = new CountDownLatch(1);
        var acks = new ArrayList<FutureTask<Settled>>();
        int before = engine.commits.get();
        for (Message message : messages) {
            acks.add(begun(() -> ledger.settle(message.receipt(), new Verdict.Done())));
        }
        Eventually.await(LONG, "the commit", () -> engine.commits.get() > before);
        engine.refusal = Optional.of(ErrorCode.ENGINE_UNAVAILABLE);
        engine.beforeCommit.countDown();
        for (FutureTask<Settled> ack : acks) {
            assertThatThrownBy(() -> ack.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(SinewException.class);
        }
        engine.refusal = Optional.empty();
        awaitServed();
        assertThat(ledger.counts().live()).isEqualTo(20);
    }

    @Test
    void a_delivery_whose_lease_could_not_be_written_down_is_made_again() throws Exception {
        send("a");
        engine.refusal = Optional.of(ErrorCode.DISK_FULL);
        Message first = receiveOne();
        Eventually.await(LONG, "the end", () -> !ledger.partitions().contains(0));
        engine.refusal = Optional.empty();
        awaitServed();
        Message again = receiveOne();
        assertThat(again.receipt().offset()).isEqualTo(first.receipt().offset());
        assertThat(again.receipt().lease()).isNotEqualTo(first.receipt().lease());
        assertThat(ledger.settle(first.receipt(), new Verdict.Done())).isEqualTo(Settled.LOST);
        assertThat(ledger.settle(again.receipt(), new Verdict.Done())).isEqualTo(Settled.DONE);
    }

    // ---- who has the partition

    @Test
    void a_process_that_froze_gives_nothing_out_before_it_knows_that_nobody_else_has_it()
            throws Exception {
        send("a", "b");
        Message a = receiveOne();
        // Another process takes over, and deals with both of them.
        try (LedgerHome other = otherHome()) {
            assertThat(other.owner().isOver()).isFalse();
            clock.pass(Duration.ofSeconds(2));
            assertThat(ledger.receive(1, Duration.ZERO, Duration.ofSeconds(30))).isEmpty();
            assertThatThrownBy(() -> ledger.settle(a.receipt(), new Verdict.Done()))
                    .isInstanceOf(SinewException.class);
            assertThat(other.data()).isEqualTo(DATA);
        }
    }

    @Test
    void a_partition_that_is_lost_while_it_is_taken_over_holds_up_nobody() throws Exception {
        engine.lose(0);
        var slow = new CountDownLatch(1);
        engine.beforeOwn = slow;
        int before = engine.owned.get();
        engine.gain(0);
        Eventually.await(LONG, "the take-over", () -> engine.owned.get() > before);
        engine.beforeOwn = new CountDownLatch(0);
        FutureTask<Boolean> lost =
                begun(() -> {
                    engine.lose(0);
                    engine.gain(0);
                    return true;
                });
        // The cluster is slow: it answers only later, and the listener has returned before.
        assertThat(lost.get(30, TimeUnit.SECONDS)).isTrue();
        slow.countDown();
        awaitServed();
        send("a");
        assertThat(ledger.settle(receiveOne().receipt(), new Verdict.Done()))
                .isEqualTo(Settled.DONE);
        // The second waited until the first had given the name up: they took it once each.
        assertThat(engine.owned.get()).isEqualTo(before + 2);
    }

    @Test
    void a_ledger_that_is_closed_while_a_partition_is_taken_over_waits_for_it() throws Exception {
        engine.lose(0);
        engine.beforeOwn = new CountDownLatch(1);
        int before = engine.owned.get();
        engine.gain(0);
        Eventually.await(LONG, "the take-over", () -> engine.owned.get() > before);
        FutureTask<Boolean> closed =
                begun(() -> {
                    ledger.close();
                    return true;
                });
        engine.beforeOwn.countDown();
        assertThat(closed.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ledger.partitions()).isEmpty();
    }

    // ---- a topic that is not what it was

    @Test
    void a_ledger_whose_topic_has_lost_its_records_is_refused_and_not_waited_for()
            throws Exception {
        send("a", "b");
        for (int i = 0; i < 2; i++) {
            assertThat(ledger.settle(receiveOne().receipt(), new Verdict.Done()))
                    .isEqualTo(Settled.DONE);
        }
        ledger.close();
        engine.deleteTopic("t");
        engine.createTopic("t", 1, Map.of());
        try (LedgerHome home = otherHome()) {
            assertRefused(ErrorCode.DAMAGED_DATA, () -> home.recover(CONFIG, 0));
            send("c", "d");
            assertThat(home.recover(CONFIG, 0).state().lowestLive()).isEqualTo(2);
        }
    }

    @Test
    void a_topic_that_is_made_anew_under_a_ledger_ends_it() throws Exception {
        send("a", "b");
        for (int i = 0; i < 2; i++) {
            assertThat(ledger.settle(receiveOne().receipt(), new Verdict.Done()))
                    .isEqualTo(Settled.DONE);
        }
        engine.deleteTopic("t");
        engine.createTopic("t", 1, Map.of());
        Eventually.await(LONG, "its end", () -> !ledger.partitions().contains(0));
    }
}
