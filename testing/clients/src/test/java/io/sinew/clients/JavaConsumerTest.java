package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static io.sinew.clients.JavaClients.bytes;
import static io.sinew.clients.JavaClients.numbered;
import static io.sinew.clients.JavaClients.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kit.Eventually;
import io.sinew.kit.ForkedSinew;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kafka-clients' consumer without a group: where it reads and how much at a time.
class JavaConsumerTest {
    private static final Duration POLL = Duration.ofMillis(100);

    @TempDir static Path folder;
    private static ForkedSinew sinew;
    private static JavaClients clients;

    @BeforeAll
    static void start() throws Exception {
        sinew = ForkedSinew.start(folder, "num.partitions=2");
        clients = new JavaClients(sinew.bootstrap());
    }

    @AfterAll
    static void stop() {
        sinew.close();
    }

    private static KafkaConsumer<byte[], byte[]> reading(
            Map<String, Object> config, TopicPartition... partitions) {
        KafkaConsumer<byte[], byte[]> consumer = clients.consumer(config);
        consumer.assign(List.of(partitions));
        return consumer;
    }

    @Test
    void a_position_beyond_the_end_is_refused_or_reset_as_the_consumer_wants() throws Exception {
        var partition = new TopicPartition("range", 0);
        clients.send(partition, Map.of(), numbered("v", 10));
        try (var strict = reading(Map.of("auto.offset.reset", "none"), partition)) {
            strict.seek(partition, 11);
            assertThatThrownBy(() -> JavaClients.take(strict, 1))
                    .isInstanceOf(OffsetOutOfRangeException.class);
        }
        try (var lenient = reading(Map.of(), partition)) {
            lenient.seek(partition, 11);
            assertThat(texts(JavaClients.take(lenient, 10))).isEqualTo(numbered("v", 10));
        }
    }

    @Test
    void batches_bigger_than_every_fetch_limit_are_delivered() throws Exception {
        var partition = new TopicPartition("big-batches", 0);
        var batched = Map.<String, Object>of("batch.size", 100_000, "linger.ms", 50);
        List<String> values = numbered("x".repeat(1_000), 500);
        clients.send(partition, batched, values);
        var limits = Map.<String, Object>of("fetch.max.bytes", 1, "max.partition.fetch.bytes", 1);
        try (var consumer = reading(limits, partition)) {
            assertThat(texts(JavaClients.take(consumer, values.size()))).isEqualTo(values);
        }
    }

    @Test
    void a_fetch_that_wants_more_than_there_is_waits_for_it() throws Exception {
        var partition = new TopicPartition("patient", 0);
        clients.send(partition, Map.of(), List.of("first"));
        var patient = Map.<String, Object>of("fetch.min.bytes", 50_000, "fetch.max.wait.ms", 3_000);
        try (var consumer = reading(patient, partition)) {
            assertThat(consumer.poll(POLL)).isEmpty();
            clients.send(partition, Map.of(), List.of("y".repeat(60_000)));
            assertThat(JavaClients.take(consumer, 2)).hasSize(2);
        }
    }

    @Test
    void a_paused_partition_stands_still_and_goes_on_where_it_was() throws Exception {
        var paused = new TopicPartition("pausing", 0);
        var flowing = new TopicPartition("pausing", 1);
        clients.send(paused, Map.of(), numbered("p", 100));
        clients.send(flowing, Map.of(), numbered("f", 100));
        try (var consumer = reading(Map.of("max.poll.records", 10), paused, flowing)) {
            consumer.pause(List.of(paused));
            assertThat(texts(JavaClients.take(consumer, 100))).isEqualTo(numbered("f", 100));
            clients.send(flowing, Map.of(), List.of("f100"));
            assertThat(texts(JavaClients.take(consumer, 1))).containsExactly("f100");
            assertThat(consumer.position(paused)).isZero();
            consumer.resume(List.of(paused));
            assertThat(texts(JavaClients.take(consumer, 100))).isEqualTo(numbered("p", 100));
        }
    }

    @Test
    void a_consumer_seeks_to_offsets_ends_and_times() throws Exception {
        var partition = new TopicPartition("seeking", 0);
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        for (int i = 0; i < 100; i++) {
            long timestamp = 1_000_000 + i * 10L;
            records.add(
                    new ProducerRecord<>(partition.topic(), 0, timestamp, null, bytes("v" + i)));
        }
        clients.send(Map.of(), records);
        try (var consumer = reading(Map.of(), partition)) {
            consumer.seek(partition, 42);
            assertThat(texts(JavaClients.take(consumer, 58)).getFirst()).isEqualTo("v42");
            consumer.seekToBeginning(List.of(partition));
            assertThat(consumer.position(partition)).isZero();
            consumer.seekToEnd(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(100);
            assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 100L);
            assertThat(offsetFor(consumer, partition, 0).offset()).isZero();
            assertThat(offsetFor(consumer, partition, 1_000_335).offset()).isEqualTo(34);
            assertThat(offsetFor(consumer, partition, 1_000_335).timestamp()).isEqualTo(1_000_340);
            assertThat(consumer.offsetsForTimes(Map.of(partition, 1_000_991L)).get(partition))
                    .isNull();
        }
    }

    private static OffsetAndTimestamp offsetFor(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long timestamp) {
        return Objects.requireNonNull(
                consumer.offsetsForTimes(Map.of(partition, timestamp)).get(partition));
    }

    @Test
    void a_consumer_of_committed_records_reads_ordinary_topics() throws Exception {
        var partition = new TopicPartition("committed", 0);
        try (var consumer = reading(Map.of("isolation.level", "read_committed"), partition)) {
            clients.send(partition, Map.of(), numbered("v", 100));
            assertThat(texts(JavaClients.take(consumer, 100))).isEqualTo(numbered("v", 100));
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 100L);
        }
    }

    @Test
    void a_consumer_at_the_end_gets_what_comes_without_asking_again_and_again() throws Exception {
        var partition = new TopicPartition("tail", 0);
        clients.send(partition, Map.of(), List.of("old"));
        try (var consumer = reading(Map.of("fetch.max.wait.ms", 3_000), partition)) {
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            var seen = new ArrayList<String>();
            for (int i = 0; i < 20; i++) {
                String value = "new" + i;
                clients.send(partition, Map.of("linger.ms", 0), List.of(value));
                Eventually.await(
                        LIMIT,
                        value,
                        () -> {
                            consumer.poll(POLL)
                                    .forEach(record -> seen.add(JavaClients.text(record.value())));
                            return seen.contains(value);
                        });
            }
            assertThat(seen).isEqualTo(numbered("new", 20));
        }
    }
}
