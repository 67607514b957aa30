package io.sinew.queue;

import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.kit.Eventually;
import io.sinew.kit.FaultyDisk;
import io.sinew.ledger.Message;
import io.sinew.ledger.Settled;
import io.sinew.log.DataDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// Queues on the embedded engine, on a disk that can fail and in a time that the test moves.
final class QueuesOnDisk implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    final MovableClock clock = new MovableClock();
    private final AtomicLong ids = new AtomicLong();
    FaultyDisk disk = new FaultyDisk();
    Broker broker;
    EmbeddedEngine engine;
    Queues queues;

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

    /// Stops everything and starts it again.
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

    private void abandon() {
        try {
            close();
        } catch (IOException | SinewException e) {
            // Expected: what it wants to write last it can't.
        }
    }

    // ---- queues

    Queue create(String name, Map<String, String> settings) throws Exception {
        return create(name, 1, settings);
    }

    Queue create(String name, int partitions, Map<String, String> settings) throws Exception {
        queues.create(name, partitions, QueueSettings.defaults().with(settings));
        return queue(name);
    }

    /// The queue, when it is served.
    Queue queue(String name) throws Exception {
        Queue queue = queues.queue(name);
        Eventually.await(
                PATIENCE,
                "all partitions",
                () -> queue.ledger().partitions().size() == queue.info().partitionCount());
        return queue;
    }

    // ---- messages

    static Message receiveOne(Queue queue) throws InterruptedException {
        List<Message> messages = queue.receive(1, PATIENCE);
        if (messages.size() != 1) {
            throw new AssertionError("there is no message");
        }
        return messages.getFirst();
    }

    /// The text of the next message, which is acknowledged.
    static String take(Queue queue) throws InterruptedException {
        Message message = receiveOne(queue);
        if (queue.ack(message) != Settled.DONE) {
            throw new AssertionError("the message is somebody else's");
        }
        return text(message);
    }

    static String text(Message message) {
        byte[] value = message.value();
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /// Whether there is nothing to deliver, once what was sent has been taken in.
    static boolean isQuiet(Queue queue) throws Exception {
        Eventually.await(PATIENCE, "all messages seen", () -> queue.counts().unseen() == 0);
        return queue.receive(1, Duration.ZERO).isEmpty();
    }

    @Override
    public void close() throws IOException {
        queues.close();
        engine.close();
        broker.close();
    }
}
