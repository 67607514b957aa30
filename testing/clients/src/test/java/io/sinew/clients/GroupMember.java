package io.sinew.clients;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// A member of a consumer group on a thread of its own, which polls until it is closed and commits
/// what it got.
final class GroupMember implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final Thread thread;
    private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
    private final AtomicInteger revocations = new AtomicInteger();
    private volatile Set<Integer> assigned = Set.of();
    private volatile int generation;
    private volatile boolean closing;
    private volatile @Nullable RuntimeException failure;

    private GroupMember(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        this.consumer = consumer;
        this.topic = topic;
        this.thread = Thread.ofPlatform().name("group-member").start(this::run);
    }

    /// Joins a group.
    static GroupMember join(
            JavaClients clients, String group, String topic, Map<String, Object> config) {
        var all = new HashMap<>(config);
        all.put("group.id", group);
        all.put("enable.auto.commit", false);
        if (!"consumer".equals(all.get("group.protocol"))) {
            // In the new protocol the broker says how often.
            all.putIfAbsent("heartbeat.interval.ms", 100);
        }
        return new GroupMember(clients.consumer(all), topic);
    }

    private void run() {
        try (consumer) {
            consumer.subscribe(List.of(topic), new Assignments());
            while (!closing) {
                var records = consumer.poll(POLL);
                records.forEach(record -> received.add(JavaClients.text(record.value())));
                if (!records.isEmpty()) {
                    commit();
                }
            }
        } catch (WakeupException e) {
            // Told to close while it waited.
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void commit() {
        try {
            consumer.commitSync();
        } catch (RebalanceInProgressException e) {
            // A cooperative member has to poll first; it commits before it gives partitions away.
        }
    }

    private final class Assignments implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            note();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            revocations.incrementAndGet();
            if (!partitions.isEmpty()) {
                consumer.commitSync();
            }
        }

        private void note() {
            var now = new TreeSet<Integer>();
            consumer.assignment().forEach(partition -> now.add(partition.partition()));
            generation = consumer.groupMetadata().generationId();
            assigned = now;
        }
    }

    /// Partitions of the topic that it has.
    Set<Integer> assigned() {
        requireAlive();
        return assigned;
    }

    /// Values so far, in order of arrival.
    List<String> received() {
        requireAlive();
        return List.copyOf(received);
    }

    /// How often partitions were taken from it, or could have been.
    int revocations() {
        return revocations.get();
    }

    /// The generation in which it was assigned what it has.
    int generation() {
        return generation;
    }

    private void requireAlive() {
        RuntimeException cause = failure;
        if (cause != null) {
            throw new AssertionError("the member failed", cause);
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
