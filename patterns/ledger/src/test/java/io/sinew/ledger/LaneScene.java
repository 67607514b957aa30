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
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/// A topic of one partition and the partition that its ledgers are written to, on an engine that
/// fails when a test says so.
final class LaneScene implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(30);
    static final TopicPartition DATA = new TopicPartition("t", 0);
    static final TopicPartition LEDGER = new TopicPartition("t.ledger", 0);
    static final TopicPartition OUT = new TopicPartition("out", 0);

    private static final long TIME_MS = 1_700_000_000_000L;

    final FaultyEngine engine;
    private final Broker broker;
    private final AtomicLong ids = new AtomicLong();

    LaneScene() throws Exception {
        DataDirectory data = DataDirectory.open(new FaultyDisk(), Path.of("/data"), "cluster");
        broker = Broker.open(data, BrokerSettings.of(Map.of()), Clock.system(), new Metrics());
        engine =
                new FaultyEngine(
                        new EmbeddedEngine(broker, () -> new UUID(7, ids.incrementAndGet())));
        engine.createTopic("t", 1, Map.of());
        engine.createTopic("t.ledger", 1, Map.of());
        engine.createTopic("out", 1, Map.of());
    }

    @Override
    public void close() throws IOException {
        engine.beforeCommit.countDown();
        engine.afterEmptyRead.countDown();
        engine.close();
        broker.close();
    }

    // ---- records

    static NewRecord record(String text) {
        return record("", text);
    }

    static NewRecord record(String key, String text) {
        return new NewRecord(bytes(key), bytes(text), List.of(), TIME_MS);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(StoredRecord record) {
        return text(record.value());
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    void send(String... texts) throws InterruptedException {
        long[] _ = engine.append(DATA, List.of(texts).stream().map(LaneScene::record).toList());
    }

    /// Appends so many records of the same bytes.
    void fill(TopicPartition partition, String key, int count, int sizeBytes)
            throws InterruptedException {
        NewRecord one = record(key, "x".repeat(sizeBytes));
        int atOnce = Math.max(1, Math.min(count, (512 << 10) / (sizeBytes + 100)));
        for (int left = count; left > 0; left -= atOnce) {
            long[] _ = engine.append(partition, Collections.nCopies(Math.min(left, atOnce), one));
        }
    }

    /// What a partition has, from its start on.
    List<StoredRecord> all(TopicPartition partition) throws InterruptedException {
        var records = new ArrayList<StoredRecord>();
        long end = engine.endOffset(partition);
        for (long next = engine.startOffset(partition); next < end; ) {
            Fetched fetched = engine.read(partition, next, 1 << 20, Duration.ZERO);
            records.addAll(fetched.records());
            next = fetched.nextOffset();
        }
        return records;
    }

    // ---- ledgers

    static LedgerConfig lane(String id, RecordFilter filter, LedgerSettings settings) {
        return LedgerConfig.among("t", "t.ledger", settings, new Lane(id, filter, List.of()));
    }

    static LedgerConfig lane(String id) {
        return lane(id, RecordFilter.ALL, parking(100_000));
    }

    /// Settings as they are for one ledger among several.
    static LedgerSettings parking(int trackedMax) {
        LedgerSettings usual = LedgerSettings.defaults();
        return new LedgerSettings(
                usual.leaseMs(),
                usual.failuresMax(),
                usual.retry(),
                usual.groupConcurrency(),
                usual.dedupeWindowMs(),
                usual.dedupeMax(),
                trackedMax,
                usual.agingMs(),
                usual.farMs(),
                usual.pinnedMax(),
                1_000);
    }

    /// Those that there are, not sharing yet.
    Ledgers ledgers(Ledgers.Ids there) {
        return new Ledgers(engine, Clock.system(), "t", "t.ledger", there, new BodyRoom(1L << 20));
    }

    static void awaitServed(Ledger ledger) throws Exception {
        Eventually.await(
                LONG, ledger.name() + " to be served", () -> ledger.partitions().contains(0));
    }

    /// Deals with the next message.
    static String take(Ledger ledger) throws InterruptedException {
        List<Message> messages = ledger.receive(1, LONG, LONG);
        assertThat(messages).hasSize(1);
        assertThat(ledger.settle(messages.getFirst().receipt(), new Verdict.Done()))
                .isEqualTo(Settled.DONE);
        return text(messages.getFirst().value());
    }

    // ---- threads

    /// A call of another thread.
    record Call<T>(Thread thread, FutureTask<T> result) {
        static <T> Call<T> begin(Callable<T> call) {
            var task = new FutureTask<T>(call);
            return new Call<>(Thread.ofVirtual().start(task), task);
        }

        T get() throws Exception {
            return result.get(LONG.toSeconds(), TimeUnit.SECONDS);
        }

        /// Until it waits for somebody who has to do something first.
        void awaitWait() throws Exception {
            Eventually.await(
                    LONG, "the call to wait", () -> thread.getState() == Thread.State.WAITING);
        }
    }

    static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfiesAnyOf(
                        e -> assertThat(codeOf(e)).isEqualTo(code),
                        e -> assertThat(codeOf(e.getCause())).isEqualTo(code));
    }

    private static @Nullable ErrorCode codeOf(@Nullable Throwable e) {
        return e instanceof SinewException refused ? refused.code() : null;
    }
}
