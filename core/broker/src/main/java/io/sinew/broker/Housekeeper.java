package io.sinew.broker;

import io.sinew.base.Background;
import io.sinew.base.Clock;
import io.sinew.base.Periodic;
import java.io.IOException;
import java.time.Duration;

/// Drops what is too old or too much, now and then: segments by retention, producers by idleness.
final class Housekeeper implements AutoCloseable {
    /// How long [#close] waits for a round that is on its way.
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);

    private static final System.Logger LOGGER = System.getLogger(Housekeeper.class.getName());

    private final Topics topics;
    private final BrokerSettings settings;
    private final Clock clock;
    private final Periodic rounds;

    Housekeeper(Topics topics, BrokerSettings settings, Clock clock) {
        this.topics = topics;
        this.settings = settings;
        this.clock = clock;
        this.rounds =
                new Periodic(
                        "sinew-housekeeper",
                        () -> settings.longValue(BrokerSettings.RETENTION_CHECK_MS),
                        this::cleanOnce);
    }

    void start(Background background) {
        rounds.start(background);
    }

    /// Goes over all partitions once. One that fails does not keep the others from their turn.
    void cleanOnce() throws InterruptedException {
        long nowMs = clock.nowMs();
        long expirationMs = settings.longValue(BrokerSettings.PRODUCER_ID_EXPIRATION_MS);
        for (Partition partition : topics.partitions()) {
            if (rounds.isEnding()) {
                return;
            }
            try {
                partition.expireProducers(nowMs - expirationMs);
                partition.retain(nowMs);
            } catch (IOException | RuntimeException e) {
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

    /// Begins no other partition, and waits a little for the one that it is at. That one may be
    /// waiting for a full disk: [#awaitEnd] is for when the log is closed, which ends such waits.
    @Override
    public void close() {
        rounds.end();
        if (!rounds.awaitEnd(CLOSE_WAIT)) {
            LOGGER.log(System.Logger.Level.WARNING, "retention=unfinished; closing anyway");
        }
    }

    /// Waits until the thread is gone.
    void awaitEnd() {
        rounds.awaitEnd();
    }
}
