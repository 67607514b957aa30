package io.sinew.clients;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// Copies a topic to another, record by record, each exactly once: what it read and what it wrote
/// of it are committed together. On a thread of its own, through crashes of the server; whatever
/// goes wrong it throws its clients away and begins again at the committed position.
final class TransactionCopier implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    /// Records that it reads at a time, and so has in one transaction.
    private static final int POLL_RECORDS = 50;

    /// One transaction in so many is aborted for no reason.
    private static final int ABORT_ONE_IN = 5;

    private final JavaClients clients;
    private final String from;
    private final String to;
    private final String name;
    private final AtomicLong copied = new AtomicLong();
    private final Thread thread;
    private int transactions;
    private volatile boolean closing;
    private volatile @Nullable Throwable failure;

    /// @param name transactional id
    TransactionCopier(JavaClients clients, String from, String to, String name) {
        this.clients = clients;
        this.from = from;
        this.to = to;
        this.name = name;
        this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Records in committed transactions, as far as it has heard.
    long copied() {
        Throwable cause = failure;
        if (cause != null) {
            throw new AssertionError("the copier ended", cause);
        }
        return copied.get();
    }

    private void run() {
        try {
            while (!closing) {
                try (var consumer = consumer();
                        var producer = producer()) {
                    producer.initTransactions();
                    consumer.subscribe(List.of(from));
                    while (!closing) {
                        copySome(consumer, producer);
                    }
                } catch (InterruptException | WakeupException e) {
                    throw e;
                } catch (KafkaException e) {
                    // The server was killed, or aborted what took too long: begin again.
                }
            }
        } catch (RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return clients.consumer(
                Map.of(
                        "group.id",
                        name,
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        POLL_RECORDS,
                        "session.timeout.ms",
                        6_000,
                        "heartbeat.interval.ms",
                        500,
                        "reconnect.backoff.max.ms",
                        50,
                        "retry.backoff.max.ms",
                        50));
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return clients.producer(
                Map.of(
                        "transactional.id", name,
                        "reconnect.backoff.max.ms", 50,
                        "retry.backoff.max.ms", 50,
                        "linger.ms", 0,
                        "request.timeout.ms", 5_000,
                        "delivery.timeout.ms", 10_000,
                        "max.block.ms", 20_000,
                        "transaction.timeout.ms", 10_000));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the commit fails when one of them does
    private void copySome(
            KafkaConsumer<byte[], byte[]> consumer, KafkaProducer<byte[], byte[]> producer) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        if (records.isEmpty()) {
            return;
        }
        producer.beginTransaction();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            producer.send(new ProducerRecord<>(to, record.partition(), null, record.value()));
        }
        producer.sendOffsetsToTransaction(records.nextOffsets(), consumer.groupMetadata());
        transactions++;
        if (transactions % ABORT_ONE_IN == 0) {
            producer.abortTransaction();
            rewind(consumer);
            return;
        }
        producer.commitTransaction();
        copied.addAndGet(records.count());
    }

    private static void rewind(KafkaConsumer<byte[], byte[]> consumer) {
        var committed = new HashMap<>(consumer.committed(consumer.assignment()));
        for (var partition : consumer.assignment()) {
            var offset = committed.get(partition);
            if (offset == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, offset.offset());
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join(JavaClients.LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
