package io.sinew.queue;

import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.log.LogHealth;
import io.sinew.topics.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// Queues on the embedded engine, on a disk that can fail and in a time that the test moves.
final class QueuesOnDisk extends QueuesUnderTest {
    private final AtomicLong ids = new AtomicLong();
    private FaultyDisk disk = new FaultyDisk();
    private Broker broker;
    private EmbeddedEngine engine;
    private Queues queues;

    QueuesOnDisk() throws IOException {
        broker = openBroker();
        engine = new EmbeddedEngine(broker, this::freshId);
        queues = new Queues(engine, clock, "here");
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

    private void reopen() throws IOException {
        broker = openBroker();
        engine = new EmbeddedEngine(broker, this::freshId);
        queues = new Queues(engine, clock, "here");
    }

    @Override
    void restart() throws IOException {
        close();
        reopen();
    }

    /// Cuts the power and starts everything again.
    void powerCycle(long seed) throws IOException {
        FaultyDisk after = disk.powerFailure(new SplittableRandom(seed));
        abandon();
        disk = after;
        reopen();
    }

    @Override
    void crash() throws IOException {
        powerCycle(3);
    }

    private void abandon() {
        try {
            close();
        } catch (IOException | SinewException e) {
            // Expected: what it wants to write last it can't.
        }
    }

    /// The disk; another one after each power failure.
    FaultyDisk disk() {
        return disk;
    }

    LogHealth.Status health() {
        return broker.health();
    }

    @Override
    Engine engine() {
        return engine;
    }

    @Override
    Queues queues() {
        return queues;
    }

    @Override
    public void close() throws IOException {
        queues.close();
        engine.close();
        broker.close();
    }
}
