package io.sinew.pubsub;

import io.sinew.base.Clock;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.kit.Eventually;
import io.sinew.kit.FaultyDisk;
import io.sinew.ledger.BodyRoom;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.LedgerConfig;
import io.sinew.ledger.LedgerCounts;
import io.sinew.ledger.LedgerSettings;
import io.sinew.ledger.RetryPolicy;
import io.sinew.log.DataDirectory;
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A topic and its ledgers on the embedded engine, in a time that the test moves.
final class PushScene implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final String TOPIC = "orders.v1";

    final PushClock clock = new PushClock();
    private final AtomicLong ids = new AtomicLong();
    private final List<Ledger> ledgers = new ArrayList<>();
    private FaultyDisk disk = new FaultyDisk();
    private Broker broker;
    private EmbeddedEngine engine;

    PushScene() throws Exception {
        broker = openBroker();
        engine = new EmbeddedEngine(broker, this::freshId);
        engine.createTopic(TOPIC, 1, Map.of());
    }

    private UUID freshId() {
        return new UUID(7, Clock.system().nowMs() * 1_000 + ids.incrementAndGet());
    }

    private Broker openBroker() throws IOException {
        DataDirectory data = DataDirectory.open(disk, Path.of("/data"), "cluster");
        try {
            return Broker.open(data, BrokerSettings.of(Map.of()), clock, new Metrics());
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    /// A ledger of that name, when it is served.
    Ledger ledger(String name, int failuresMax) throws Exception {
        if (engine.topic(name).isEmpty()) {
            engine.createTopic(name, 1, Map.of());
        }
        var settings =
                new LedgerSettings(
                        30_000,
                        failuresMax,
                        RetryPolicy.defaults(),
                        1,
                        300_000,
                        1_000_000,
                        2_000_000,
                        60_000,
                        LedgerSettings.FAR_MS,
                        LedgerSettings.PINNED_MAX,
                        0);
        var config =
                new LedgerConfig(TOPIC, name, Optional.empty(), settings, false, Optional.empty());
        Ledger ledger = Ledger.open(engine, clock, config, "here", BodyRoom.ofHeap());
        ledgers.add(ledger);
        Eventually.await(PATIENCE, "it to be served", () -> ledger.partitions().contains(0));
        return ledger;
    }

    void send(String... texts) throws InterruptedException {
        for (String text : texts) {
            send(null, text, List.of());
        }
    }

    void send(@Nullable String key, String text, List<Header> headers) throws InterruptedException {
        byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        var record =
                new NewRecord(
                        keyBytes, text.getBytes(StandardCharsets.UTF_8), headers, clock.nowMs());
        long[] _ = engine.append(new TopicPartition(TOPIC, 0), List.of(record));
    }

    void sendMany(int count) throws InterruptedException {
        var records = new ArrayList<NewRecord>();
        for (int i = 0; i < count; i++) {
            byte[] value = ("m" + i).getBytes(StandardCharsets.UTF_8);
            records.add(new NewRecord(null, value, List.of(), clock.nowMs()));
        }
        long[] _ = engine.append(new TopicPartition(TOPIC, 0), records);
    }

    static void awaitCounts(Ledger ledger, String what, Predicate<LedgerCounts> is)
            throws Exception {
        Eventually.await(PATIENCE, what, () -> is.test(ledger.counts()));
    }

    /// Cuts the power, and opens what is left; the ledgers are to be opened anew.
    void powerCycle(long seed) throws Exception {
        FaultyDisk after = disk.powerFailure(new SplittableRandom(seed));
        try {
            close();
        } catch (IOException | SinewException e) {
            // Expected: what it wants to write last it can't.
            ledgers.clear();
        }
        disk = after;
        broker = openBroker();
        engine = new EmbeddedEngine(broker, this::freshId);
    }

    @Override
    public void close() throws IOException {
        ledgers.forEach(Ledger::close);
        ledgers.clear();
        engine.close();
        broker.close();
    }
}
