package io.sinew.broker;

import io.sinew.base.Clock;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.contracts.EngineContract;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.topics.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The embedded engine, with threads, on a disk in memory. It is reopened after a power failure,
/// which takes whatever was not synced.
final class EmbeddedEngineContractTest extends EngineContract {
    private static final AtomicLong TOPIC_IDS = new AtomicLong();

    private FaultyDisk disk = new FaultyDisk();
    private Broker broker;
    private EmbeddedEngine engine;
    private EmbeddedEngine other;

    @BeforeEach
    void open() throws IOException {
        var data = DataDirectory.open(disk, Path.of("/data"), "cluster");
        broker = Broker.open(data, BrokerSettings.of(Map.of()), Clock.system(), new Metrics());
        engine = new EmbeddedEngine(broker, () -> new UUID(0, TOPIC_IDS.incrementAndGet()));
        other = new EmbeddedEngine(broker, () -> new UUID(0, TOPIC_IDS.incrementAndGet()));
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
        other.close();
        broker.close();
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Engine other() {
        return other;
    }

    @Override
    public void reopen() throws IOException {
        FaultyDisk after = disk.powerFailure(new SplittableRandom(1));
        try {
            close();
        } catch (IOException | SinewException e) {
            // Expected: what it wants to write last it can't.
        }
        disk = after;
        open();
    }

    @Override
    public long nowMs() {
        return Clock.system().nowMs();
    }
}
