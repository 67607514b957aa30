package io.sinew.cluster;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Share;
import io.sinew.topics.ShareListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// A member of a consumer group that never reads: it lets the group share out a topic's partitions
/// and tells a listener. Its thread, `sinew-cluster-share`, polls with everything paused and calls
/// the listener.
///
/// The group speaks the classic protocol, cooperatively: what a member keeps it keeps through a
/// rebalance. With the newer one (KIP-848) a session's length is a setting of the brokers, not of
/// the member, and clusters before Kafka 4.0 do not have it. Members are not static: one that stops
/// gives its partitions up at once, and one that comes back is a new one.
final class ClusterShare implements Share {
    private static final Logger LOGGER = System.getLogger(ClusterShare.class.getName());

    /// How long a poll lasts; joining and heartbeats do not depend on it.
    private static final Duration POLL = Duration.ofSeconds(1);

    /// Where a share stands in the cluster.
    ///
    /// @param group the consumer group's id, which is not the one whose positions are committed:
    ///   those of a group with members can't be from outside
    record Place(String group, String topic, String address) {}

    private final Place place;
    private final Clients clients;
    private final ShareListener listener;
    private final Holders holders;
    private final Consumer<ClusterShare> gone;
    private final ConcurrentSkipListSet<Integer> mine = new ConcurrentSkipListSet<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /// The consumer of the thread while it polls, for [#close] to wake up.
    private volatile @Nullable KafkaConsumer<byte[], byte[]> polling;

    /// Begins to share.
    ///
    /// @param gone called once when it is closed
    ClusterShare(
            Place place,
            Clients clients,
            Clock clock,
            ShareListener listener,
            Consumer<ClusterShare> gone) {
        this.place = place;
        this.clients = clients;
        this.listener = listener;
        this.gone = gone;
        this.holders = new Holders(clients, clock, place.group(), place.topic());
        this.thread = Thread.ofVirtual().name("sinew-cluster-share").start(this::run);
    }

    @Override
    public Set<Integer> partitions() {
        return Set.copyOf(mine);
    }

    @Override
    public Optional<String> holder(int partition) throws InterruptedException {
        return mine.contains(partition) ? Optional.of(place.address()) : holders.of(partition);
    }

    // ---- the thread

    private void run() {
        try {
            do {
                member();
            } while (!closing.await(ClusterLimits.REJOIN.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// One life as a member: until the share is closed, or the cluster will not have this member
    /// any more.
    private void member() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            polling = consumer;
            consumer.subscribe(List.of(place.topic()), new Told(consumer));
            while (closing.getCount() > 0) {
                consumer.poll(POLL);
            }
        } catch (WakeupException e) {
            // Closing; the consumer has told the listener on its way out.
        } catch (KafkaException | SinewException e) {
            LOGGER.log(
                    Level.WARNING,
                    () ->
                            "event=share-failed topic="
                                    + place.topic()
                                    + " group="
                                    + place.group()
                                    + " rejoin="
                                    + ClusterLimits.REJOIN,
                    e);
        } finally {
            polling = null;
            List.copyOf(mine).forEach(this::lose);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return clients.consumer(
                "share",
                Map.of(
                        CommonClientConfigs.CLIENT_ID_CONFIG,
                        Holders.clientId(clients.settings().prefix(), place.address()),
                        ConsumerConfig.GROUP_ID_CONFIG,
                        place.group(),
                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                        CooperativeStickyAssignor.class.getName(),
                        ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                        ClusterLimits.millis(clients.settings().session()),
                        ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                        ClusterLimits.millis(
                                clients.settings()
                                        .session()
                                        .dividedBy(ClusterLimits.HEARTBEATS_A_SESSION)),
                        ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                        ClusterLimits.millis(ClusterLimits.LISTENER),
                        ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                        ClusterLimits.millis(ClusterLimits.NEW_PARTITIONS)));
    }

    /// What the consumer says about its partitions, on the share's thread.
    private final class Told implements ConsumerRebalanceListener {
        private final KafkaConsumer<byte[], byte[]> consumer;

        Told(KafkaConsumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> gained) {
            consumer.pause(gained);
            for (TopicPartition at : gained) {
                // Anywhere: it is never read, and without a place the group's would be asked for.
                consumer.seek(at, 0);
            }
            for (TopicPartition at : gained) {
                mine.add(at.partition());
                tell("gained", at.partition(), listener::gained);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            revoked.forEach(at -> lose(at.partition()));
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> lost) {
            lost.forEach(at -> lose(at.partition()));
        }
    }

    private void lose(int partition) {
        if (mine.remove(partition)) {
            tell("lost", partition, listener::lost);
        }
    }

    /// A listener that fails does not take the others' partitions with it.
    private void tell(String what, int partition, IntConsumer listens) {
        try {
            listens.accept(partition);
        } catch (RuntimeException e) {
            LOGGER.log(
                    Level.ERROR,
                    () ->
                            "event=share-listener-failed told="
                                    + what
                                    + " topic="
                                    + place.topic()
                                    + " partition="
                                    + partition,
                    e);
        }
    }

    @Override
    public void close() {
        close(ClusterLimits.CLOSE);
    }

    void close(Duration atMost) {
        closing.countDown();
        KafkaConsumer<byte[], byte[]> consumer = polling;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            if (Thread.currentThread() != thread && !thread.join(atMost)) {
                throw new SinewException(
                        ErrorCode.TIMED_OUT,
                        "the share of '"
                                + place.topic()
                                + "' did not end within "
                                + atMost
                                + ": its listener takes too long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            gone.accept(this);
        }
    }
}
