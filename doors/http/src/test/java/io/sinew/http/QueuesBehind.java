package io.sinew.http;

import io.sinew.base.Clock;
import io.sinew.base.Metrics;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.pubsub.EndpointRules;
import io.sinew.pubsub.Subscriptions;
import io.sinew.queue.Queues;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// What a door under test opens on: queues and subscriptions on the embedded engine, on a disk in
/// memory that outlives a restart.
final class QueuesBehind implements AutoCloseable {
    private final FaultyDisk disk = new FaultyDisk();
    private final AtomicLong ids = new AtomicLong();
    private Broker broker;
    EmbeddedEngine engine;
    Queues queues;
    Subscriptions subscriptions;

    QueuesBehind() throws IOException {
        open();
    }

    private void open() throws IOException {
        DataDirectory data = DataDirectory.open(disk, Path.of("/data"), "cluster");
        broker = Broker.open(data, BrokerSettings.of(Map.of()), Clock.system(), new Metrics());
        engine = new EmbeddedEngine(broker, () -> new UUID(7, ids.incrementAndGet()));
        queues = new Queues(engine, Clock.system(), "here");
        subscriptions = subscriptions();
    }

    private Subscriptions subscriptions() throws IOException {
        try {
            return Subscriptions.open(
                    engine,
                    Clock.system(),
                    "here",
                    EndpointRules.allowing("127.0.0.0/8"),
                    new Metrics());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    /// Stops all of it and starts it again.
    void restart() throws IOException {
        close();
        open();
    }

    HttpContents contents(Supplier<Health> health, Metrics metrics) {
        return new HttpContents(
                health,
                metrics,
                engine,
                queues,
                subscriptions,
                false,
                () -> new byte[ReceiptCodec.KEY_BYTES],
                Clock.system());
    }

    @Override
    public void close() throws IOException {
        subscriptions.close();
        queues.close();
        engine.close();
        broker.close();
    }
}
