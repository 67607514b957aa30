package io.sinew.pubsub;

import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.topics.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// Subscriptions on the embedded engine, on a disk that can fail and in a time that the test moves.
final class SubscriptionsOnDisk extends SubscriptionsUnderTest {
    private final AtomicLong ids = new AtomicLong();
    private FaultyDisk disk = new FaultyDisk();
    private Broker broker;
    private EmbeddedEngine engine;
    private Subscriptions subscriptions;

    SubscriptionsOnDisk() throws Exception {
        broker = openBroker();
        engine = new EmbeddedEngine(broker, this::freshId);
        subscriptions = open();
    }

    private UUID freshId() {
        return new UUID(7, clock.nowMs() * 1_000 + ids.incrementAndGet());
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

    private void reopen() throws Exception {
        broker = openBroker();
        engine = new EmbeddedEngine(broker, this::freshId);
        subscriptions = open();
    }

    @Override
    void restart() throws Exception {
        close();
        reopen();
    }

    /// Cuts the power and starts everything again.
    void powerCycle(long seed) throws Exception {
        FaultyDisk after = disk.powerFailure(new SplittableRandom(seed));
        abandon();
        disk = after;
        reopen();
    }

    @Override
    void crash() throws Exception {
        powerCycle(3);
    }

    private void abandon() {
        try {
            close();
        } catch (IOException | SinewException e) {
            // Expected: what it wants to write last it can't.
        }
    }

    @Override
    Engine engine() {
        return engine;
    }

    @Override
    Subscriptions subscriptions() {
        return subscriptions;
    }

    @Override
    public void close() throws IOException {
        subscriptions.close();
        engine.close();
        broker.close();
    }

    private Subscriptions open() throws InterruptedException {
        return Subscriptions.open(engine, clock, "here", ENDPOINTS, new Metrics());
    }
}
