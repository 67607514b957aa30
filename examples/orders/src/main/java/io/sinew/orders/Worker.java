package io.sinew.orders;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.StringDeserializer;

/// One member of a department's consumer group: a thread that reads orders, puts them on the
/// department's desk, and says how far it has come. Start several, and they share the partitions.
final class Worker implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    /// How long leaving may take when the server does not answer.
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Desk desk;
    private final KafkaConsumer<String, Order> consumer;
    private final Thread thread;
    private volatile boolean open = true;

    /// Starts reading where the department's group stopped; a new group starts at the beginning.
    Worker(String bootstrap, Desk desk) {
        this.desk = desk;
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.GROUP_ID_CONFIG,
                                desk.department().name(),
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest",
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false),
                        new StringDeserializer(),
                        OrderJson::read);
        thread = Thread.ofVirtual().name(desk.department().name()).start(this::work);
    }

    private void work() {
        try {
            consumer.subscribe(List.of(Order.TOPIC));
            while (open) {
                ConsumerRecords<String, Order> records = consumer.poll(POLL);
                for (ConsumerRecord<String, Order> record : records) {
                    desk.put(record.value());
                }
                if (!records.isEmpty()) {
                    commit();
                }
            }
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE));
        }
    }

    /// Only what was handled is committed. Who fails in between is given the same orders again, and
    /// the desk knows those it has seen.
    private void commit() {
        try {
            consumer.commitSync();
        } catch (CommitFailedException
                | RetriableCommitFailedException
                | RebalanceInProgressException e) {
            // The group is being formed anew, and its members begin at the last commit.
        }
    }

    /// Stops after what is in hand, and does not wait for that.
    void stop() {
        open = false;
    }

    /// Stops after what is in hand; returns when that is committed and the member has left its
    /// group.
    @Override
    public void close() {
        stop();
        try {
            var _ = thread.join(CLOSE.plus(CLOSE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
