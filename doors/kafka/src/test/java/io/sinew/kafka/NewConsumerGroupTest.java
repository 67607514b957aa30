package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kafka's own consumer in groups that the broker shares out (`group.protocol=consumer`).
class NewConsumerGroupTest {
    private static final int PARTITIONS = 6;

    @TempDir Path directory;
    private LiveDoor door;
    private final List<KafkaConsumer<String, String>> consumers = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        door =
                LiveDoor.open(
                        directory,
                        Map.of(
                                "num.partitions", Integer.toString(PARTITIONS),
                                "group.consumer.min.heartbeat.interval.ms", "50",
                                "group.consumer.heartbeat.interval.ms", "50",
                                "group.consumer.assignment.interval.ms", "0"));
        produce(60);
    }

    @AfterEach
    void close() throws Exception {
        consumers.forEach(consumer -> consumer.close());
        door.close();
    }

    private void produce(int count) throws Exception {
        try (var producer = door.producer(Map.of())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("orders", i % PARTITIONS, "k", "v" + i)).get();
            }
        }
    }

    private KafkaConsumer<String, String> join() throws IOException {
        Map<String, Object> config = new HashMap<>();
        config.put("group.id", "g");
        config.put("group.protocol", "consumer");
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", false);
        KafkaConsumer<String, String> consumer = door.consumer(config);
        consumers.add(consumer);
        consumer.subscribe(List.of("orders"));
        return consumer;
    }

    private void pollUntil(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            consumers.forEach(consumer -> consumer.poll(Duration.ofMillis(20)));
        }
    }

    private boolean shared(int consumersCount) {
        var all = new HashSet<TopicPartition>();
        for (KafkaConsumer<String, String> consumer : consumers) {
            Set<TopicPartition> own = consumer.assignment();
            all.addAll(own);
            if (own.size() != PARTITIONS / consumersCount) {
                return false;
            }
        }
        return all.size() == PARTITIONS;
    }

    @Test
    void a_consumer_gets_all_partitions_reads_them_and_commits() throws Exception {
        KafkaConsumer<String, String> consumer = join();
        var values = new ArrayList<String>();
        while (values.size() < 60) {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
        }
        consumer.commitSync();
        assertThat(values).hasSize(60).doesNotHaveDuplicates();
        assertThat(consumer.committed(Set.of(new TopicPartition("orders", 0))).values())
                .allSatisfy(committed -> assertThat(committed.offset()).isEqualTo(10));
    }

    @Test
    void consumers_share_the_partitions_and_one_that_leaves_gives_its_back() throws Exception {
        join();
        pollUntil(() -> shared(1));
        join();
        join();
        pollUntil(() -> shared(3));
        consumers.removeLast().close();
        pollUntil(() -> shared(2));
    }
}
