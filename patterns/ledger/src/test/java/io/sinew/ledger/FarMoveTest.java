package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A message that is not due for days, and so many behind it that it is moved.
class FarMoveTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofHours(1);
    private static final TopicPartition DATA = new TopicPartition("t", 0);
    private static final int MANY = 500;
    private static final LedgerConfig CONFIG =
            LedgerConfig.alone(
                    "t",
                    "t.ledger",
                    Optional.empty(),
                    new LedgerSettings(
                            30_000,
                            LedgerSettings.FAILURES_LIMIT,
                            RetryPolicy.defaults(),
                            1,
                            300_000,
                            1_000,
                            100_000,
                            60_000,
                            LedgerSettings.FAR_MS,
                            MANY / 2,
                            0));

    /// The machine's time and as much more as a test says.
    private static final class LaterClock implements Clock {
        private final AtomicLong passedMs = new AtomicLong();

        @Override
        public long nowMs() {
            return Clock.system().nowMs() + passedMs.get();
        }

        @Override
        public long nanos() {
            return Clock.system().nanos();
        }
    }

    private final LaterClock clock = new LaterClock();
    private final AtomicLong topicIds = new AtomicLong();
    private Broker broker;
    private FaultyEngine engine;
    private Ledger ledger;

    @BeforeEach
    void open() throws Exception {
        DataDirectory data = DataDirectory.open(new FaultyDisk(), Path.of("/data"), "cluster");
        broker = Broker.open(data, BrokerSettings.of(Map.of()), clock, new Metrics());
        engine =
                new FaultyEngine(
                        new EmbeddedEngine(broker, () -> new UUID(0, topicIds.incrementAndGet())));
        engine.createTopic("t", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        engine.createTopic("t.ledger", 1, Map.of());
        openLedger();
    }

    private void openLedger() throws Exception {
        ledger = Ledger.open(engine, clock, CONFIG, "here", BodyRoom.ofHeap());
        Eventually.await(LONG, "it to be served", () -> ledger.partitions().contains(0));
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
        engine.close();
        broker.close();
    }

    private static NewRecord record(String text, List<Header> headers) {
        return new NewRecord(
                new byte[0], text.getBytes(StandardCharsets.UTF_8), headers, 1_700_000_000_000L);
    }

    private void send(String text, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            long[] _ = engine.append(DATA, List.of(record(text, List.of())));
        }
    }

    private void sendFar(String dedupeId) throws InterruptedException {
        long dueMs = clock.nowMs() + Duration.ofDays(3).toMillis();
        long[] _ =
                engine.append(
                        DATA,
                        List.of(
                                record(
                                        "far",
                                        List.of(
                                                Header.of(MessageHeaders.DUE, dueMs + ""),
                                                Header.of(MessageHeaders.DEDUPE, dedupeId)))));
    }

    private List<Receipt> receiveAll() throws InterruptedException {
        return ledger.receive(1_000, LONG, LEASE).stream().map(Message::receipt).toList();
    }

    /// Has messages fail until so many changes are written that there was a snapshot, and then
    /// deals with all of them.
    private void failALot() throws Exception {
        var failed = new Verdict.Failed(Optional.of(Duration.ZERO), "x".repeat(200));
        for (int changed = 0; changed < 5 << 20; ) {
            List<Receipt> receipts = receiveAll();
            assertThat(ledger.settleAll(receipts, failed)).containsOnly(Settled.DONE);
            changed += 200 * receipts.size();
        }
        while (ledger.counts().ready() > 0) {
            assertThat(ledger.settleAll(receiveAll(), new Verdict.Done()))
                    .containsOnly(Settled.DONE);
        }
    }

    private Message receiveFar() throws InterruptedException {
        clock.passedMs.addAndGet(Duration.ofDays(3).toMillis());
        List<Message> messages = ledger.receive(10, LONG, LEASE);
        assertThat(messages).hasSize(1);
        Message message = messages.getFirst();
        assertThat(new String(message.value(), StandardCharsets.UTF_8)).isEqualTo("far");
        assertThat(ledger.settle(message.receipt(), new Verdict.Done())).isEqualTo(Settled.DONE);
        assertThat(ledger.receive(10, Duration.ZERO, LEASE)).isEmpty();
        return message;
    }

    @Test
    void it_does_not_keep_what_lies_behind_it_and_comes_once_when_its_time_has_come()
            throws Exception {
        sendFar("once");
        send("near", MANY);
        failALot();
        Eventually.await(LONG, "the move", () -> engine.endOffset(DATA) == MANY + 2);
        // Another snapshot, and the log is trimmed up to where the message is now.
        send("near", 10);
        failALot();
        Eventually.await(LONG, "the trim", () -> engine.startOffset(DATA) > MANY);
        assertThat(ledger.counts().delayed()).isEqualTo(1);

        ledger.close();
        openLedger();
        assertThat(ledger.counts().delayed()).isEqualTo(1);
        Message message = receiveFar();
        assertThat(message.headers())
                .anySatisfy(header -> {
                    assertThat(header.name()).isEqualTo(FarMove.OFFSET);
                    assertThat(header.value()).asString().isEqualTo("0");
                });
    }

    @Test
    void a_move_that_could_not_be_written_down_leaves_it_where_it_was() throws Exception {
        sendFar("once");
        send("near", MANY);
        // The move is the only commit that appends to the data partition.
        engine.refusesAppendsTo = Optional.of(DATA);
        int openings = engine.owned.get();
        try {
            failALot();
        } catch (SinewException e) {
            // It came while they were being settled.
            assertThat(e.code()).isIn(ErrorCode.ENGINE_UNAVAILABLE, ErrorCode.NOT_OWNER);
        }
        Eventually.await(LONG, "its shard to end", () -> engine.owned.get() > openings);
        engine.refusesAppendsTo = Optional.empty();
        assertThat(engine.endOffset(DATA)).isEqualTo(MANY + 1);
        ledger.close();
        openLedger();
        assertThat(ledger.counts().delayed()).isEqualTo(1);
        ledger.purge(0);
        assertThat(ledger.counts().delayed()).isZero();
    }

    @Test
    void one_whose_record_somebody_deleted_is_passed_over_when_it_comes_near() throws Exception {
        sendFar("once");
        Eventually.await(LONG, "it to be seen", () -> ledger.counts().delayed() == 1);
        int openings = engine.owned.get();
        engine.trim(DATA, 1);
        clock.passedMs.addAndGet(Duration.ofDays(3).toMillis());
        Eventually.await(LONG, "it to be dropped", () -> ledger.counts().delayed() == 0);
        send("near", 1);
        assertThat(receiveAll()).hasSize(1);
        assertThat(engine.owned).as("the shard did not fail over it").hasValue(openings);
    }

    @Test
    void a_message_that_comes_near_is_not_moved_any_more() throws Exception {
        sendFar("once");
        send("near", MANY);
        clock.passedMs.addAndGet(Duration.ofDays(3).minusHours(3).toMillis());
        failALot();
        assertThat(engine.endOffset(DATA)).isEqualTo(MANY + 1);
        assertThat(receiveFar().receipt().offset()).isZero();
    }
}
