package io.sinew.clients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// A producer on a thread of its own that writes numbered records into all partitions of a topic
/// while it may, through crashes of the server, and remembers what was acknowledged.
final class LoadWriter implements AutoCloseable {
    /// Records that wait for their acknowledgement.
    private static final int IN_FLIGHT_MAX = 200;

    private static final long PAUSE_NANOS = 1_000_000;

    private final int id;
    private final boolean idempotent;
    private final Load load;
    private final KafkaProducer<byte[], byte[]> producer;
    private final SplittableRandom random;
    private final Semaphore room = new Semaphore(IN_FLIGHT_MAX);
    private final List<Map<Long, Long>> acknowledged = new ArrayList<>();
    private final AtomicLong acknowledgedCount = new AtomicLong();
    private final long[] next;
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable Exception failure;

    /// What writers write to.
    ///
    /// @param partitions of the topic
    record Load(JavaClients clients, String topic, int partitions, LoadGate gate) {}

    /// @param acks `all` or `1`; an idempotent producer needs `all`
    LoadWriter(int id, boolean idempotent, String acks, Load load, SplittableRandom random) {
        this.id = id;
        this.idempotent = idempotent;
        this.load = load;
        this.random = random;
        this.next = new long[load.partitions()];
        for (int partition = 0; partition < load.partitions(); partition++) {
            acknowledged.add(new ConcurrentHashMap<>());
        }
        this.producer = load.clients().producer(config(idempotent, acks));
        this.thread = Thread.ofPlatform().name("load-writer-" + id).unstarted(this::run);
    }

    private static Map<String, Object> config(boolean idempotent, String acks) {
        var config = new HashMap<String, Object>();
        config.put("enable.idempotence", idempotent);
        config.put("acks", acks);
        // A plain producer that sent again could not tell its own repetition from a defect.
        config.put("retries", idempotent ? Integer.MAX_VALUE : 0);
        config.put("compression.type", idempotent ? "lz4" : "none");
        config.put("batch.size", 4_000);
        config.put("linger.ms", 1);
        config.put("reconnect.backoff.ms", 5);
        config.put("reconnect.backoff.max.ms", 20);
        config.put("retry.backoff.ms", 5);
        config.put("retry.backoff.max.ms", 20);
        return config;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closing) {
                if (load.gate().isOpen()) {
                    sendOne();
                } else {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } catch (RuntimeException e) {
            // A closed producer ends whoever waits in it.
            failure = closing ? null : e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendOne() throws InterruptedException {
        room.acquire();
        int partition = random.nextInt(load.partitions());
        long number = next[partition]++;
        byte[] value = new LoadRecord(id, number).toBytes(random);
        var record = new ProducerRecord<byte[], byte[]>(load.topic(), partition, null, value);
        var _ =
                producer.send(
                        record,
                        (RecordMetadata metadata, @Nullable Exception e) -> {
                            settle(partition, number, metadata, e);
                            room.release();
                        });
    }

    private void settle(
            int partition, long number, RecordMetadata metadata, @Nullable Exception e) {
        if (e == null) {
            acknowledged.get(partition).put(metadata.offset(), number);
            acknowledgedCount.incrementAndGet();
        } else if (idempotent) {
            failure = e;
        }
    }

    int id() {
        return id;
    }

    /// Whether each of its records must be there once.
    boolean isIdempotent() {
        return idempotent;
    }

    long acknowledgedCount() {
        Exception cause = failure;
        if (cause != null) {
            throw new AssertionError("writer " + id + " failed", cause);
        }
        return acknowledgedCount.get();
    }

    /// Numbers of the records that were acknowledged so far, by their offsets.
    Map<Long, Long> acknowledgedIn(int partition) {
        return new HashMap<>(acknowledged.get(partition));
    }

    /// Waits until nothing waits for an acknowledgement. The gate must be closed.
    void settleAll() throws InterruptedException {
        room.acquire(IN_FLIGHT_MAX);
        room.release(IN_FLIGHT_MAX);
    }

    @Override
    public void close() {
        closing = true;
        room.release();
        producer.close(Duration.ZERO);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
