package io.sinew.broker;

import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/// A broker on a disk that can fail, in a time that passes when the test says so.
final class BrokerOnDisk implements AutoCloseable {
    static final Path DIRECTORY = Path.of("/data");

    final SteppedClock clock = new SteppedClock();
    final BrokerSettings settings;
    FaultyDisk disk = new FaultyDisk();
    Broker broker;
    private long lastTopic;

    BrokerOnDisk(Map<String, String> settings) throws IOException {
        this.settings = BrokerSettings.of(settings);
        this.broker = open();
    }

    private Broker open() throws IOException {
        var data = DataDirectory.open(disk, DIRECTORY, "cluster");
        try {
            return Broker.open(data, settings, clock, new Metrics());
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    /// Closes the broker, which moves everything to segments, and opens it again.
    void restart() throws IOException {
        broker.close();
        broker = open();
    }

    /// Kills the broker and opens it again.
    void crash() throws IOException {
        FaultyDisk after = disk.processDeath();
        abandon();
        disk = after;
        broker = open();
    }

    /// Cuts the power and opens the broker again.
    void powerCycle(long seed) throws IOException {
        FaultyDisk after = disk.powerFailure(new SplittableRandom(seed));
        abandon();
        disk = after;
        broker = open();
    }

    /// Closes a broker whose disk is of no use.
    void abandon() {
        try {
            broker.close();
        } catch (IOException | SinewException e) {
            // Expected: what it wants to write last it can't.
        }
    }

    /// Creates a topic of one partition.
    Topic topic(String name, Map<String, String> topicSettings) throws InterruptedException {
        var created = broker.topics().create(new UUID(0, ++lastTopic), name, 1, topicSettings);
        created.commit().awaitDurable();
        return created.topic();
    }

    Partition partition(Topic topic) {
        return broker.topics().partition(topic, 0).orElseThrow();
    }

    /// Appends batches of one record of 1,000 bytes each, as old as the time is now, with one key.
    void append(Topic topic, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            var batch = Batches.plain().keyed("key").at(clock.nowMs(), 0).ofBytes(1_000);
            partition(topic).append(batch, clock.nowMs()).commit().awaitDurable();
        }
    }

    /// Appends a batch of an idempotent producer.
    void append(Topic topic, long producerId, int sequence) throws InterruptedException {
        var batch =
                Batches.plain().producer(producerId, 0, sequence).at(clock.nowMs(), 0).of("value");
        partition(topic).append(batch, clock.nowMs()).commit().awaitDurable();
    }

    void cleanOnce() throws InterruptedException {
        new Housekeeper(broker.topics(), settings, clock).cleanOnce();
    }

    @Override
    public void close() throws IOException {
        broker.close();
    }
}
