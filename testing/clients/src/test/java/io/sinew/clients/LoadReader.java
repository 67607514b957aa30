package io.sinew.clients;

import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// A member of a consumer group on a thread of its own that reads and commits through crashes of
/// the server. It checks that records come in order, none left out, from where the group had
/// committed.
final class LoadReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration COMMIT_LIMIT = Duration.ofSeconds(5);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final Progress progress;
    private final Map<TopicPartition, Long> expected = new HashMap<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable Throwable failure;

    /// How far a group has come, kept outside the server.
    static final class Progress {
        private final Map<TopicPartition, Long> committed = new ConcurrentHashMap<>();
        private final Map<TopicPartition, BitSet> delivered = new ConcurrentHashMap<>();

        /// Offsets whose commit was acknowledged: what the server must never fall behind.
        Map<TopicPartition, Long> committed() {
            return Map.copyOf(committed);
        }

        private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
            offsets.forEach(
                    (partition, offset) -> committed.merge(partition, offset.offset(), Math::max));
        }

        private void deliver(ConsumerRecord<byte[], byte[]> record) {
            BitSet offsets =
                    delivered.computeIfAbsent(
                            new TopicPartition(record.topic(), record.partition()),
                            partition -> new BitSet());
            synchronized (offsets) {
                offsets.set(Math.toIntExact(record.offset()));
            }
        }

        /// The first offset of a partition that nobody got.
        long firstMissing(TopicPartition partition) {
            BitSet offsets = delivered.getOrDefault(partition, new BitSet());
            synchronized (offsets) {
                return offsets.nextClearBit(0);
            }
        }
    }

    LoadReader(JavaClients clients, String group, String topic, Progress progress) {
        this.topic = topic;
        this.progress = progress;
        this.consumer =
                clients.consumer(
                        Map.of(
                                "group.id", group,
                                "enable.auto.commit", false,
                                "heartbeat.interval.ms", 100,
                                "reconnect.backoff.ms", 5,
                                "reconnect.backoff.max.ms", 20,
                                "retry.backoff.ms", 5,
                                "retry.backoff.max.ms", 20));
        this.thread = Thread.ofPlatform().name("load-reader").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try (consumer) {
            consumer.subscribe(List.of(topic), new Positions());
            while (!closing) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                records.forEach(this::check);
                if (!records.isEmpty()) {
                    commit(records.nextOffsets());
                }
            }
        } catch (WakeupException e) {
            // Told to close while it waited.
        } catch (RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    private void check(ConsumerRecord<byte[], byte[]> record) {
        LoadRecord.of(record.value());
        var partition = new TopicPartition(record.topic(), record.partition());
        Long due = expected.put(partition, record.offset() + 1);
        if (due != null && due != record.offset()) {
            throw new AssertionError(
                    partition + ": offset " + record.offset() + " came when " + due + " was due");
        }
        progress.deliver(record);
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            consumer.commitSync(offsets, COMMIT_LIMIT);
            progress.commit(offsets);
        } catch (CommitFailedException | RebalanceInProgressException | TimeoutException e) {
            // Lost its place or the server: it gets these records, or the next owner does, again.
        }
    }

    private final class Positions implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            expected.clear();
            for (TopicPartition partition : partitions) {
                long committed = progress.committed().getOrDefault(partition, 0L);
                long position = consumer.position(partition);
                if (position < committed) {
                    throw new AssertionError(
                            partition
                                    + " begins at "
                                    + position
                                    + " but "
                                    + committed
                                    + " was committed");
                }
                expected.put(partition, position);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            expected.clear();
        }
    }

    void requireAlive() {
        Throwable cause = failure;
        if (cause != null) {
            throw new AssertionError("a reader failed", cause);
        }
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
