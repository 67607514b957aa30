package io.sinew.broker;

import io.sinew.base.Clock;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Drops what is too old or too much, now and then: segments by retention, producers by idleness.
final class Housekeeper implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Housekeeper.class.getName());

    private final Topics topics;
    private final BrokerSettings settings;
    private final Clock clock;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    Housekeeper(Topics topics, BrokerSettings settings, Clock clock) {
        this.topics = topics;
        this.settings = settings;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("sinew-housekeeper").unstarted(this::runUntilClosed);
    }

    void start() {
        thread.start();
    }

    private void runUntilClosed() {
        long intervalMs = settings.longValue(BrokerSettings.RETENTION_CHECK_MS);
        try {
            while (!closing.await(intervalMs, TimeUnit.MILLISECONDS)) {
                cleanOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Goes over all partitions once. One that fails does not keep the others from their turn.
    void cleanOnce() throws InterruptedException {
        long nowMs = clock.nowMs();
        long expirationMs = settings.longValue(BrokerSettings.PRODUCER_ID_EXPIRATION_MS);
        for (Partition partition : topics.partitions()) {
            partition.expireProducers(nowMs - expirationMs);
            try {
                partition.retain(nowMs);
            } catch (IOException | SinewException e) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "retention=failed topic="
                                + partition.topicName()
                                + " partition="
                                + partition.index(),
                        e);
            }
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
