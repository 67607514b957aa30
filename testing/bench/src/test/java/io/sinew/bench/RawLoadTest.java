package io.sinew.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kit.ApacheKafka;
import io.sinew.kit.TempFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The load generators against a real Apache Kafka, read back by Kafka's own client.
class RawLoadTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;

    private static TempFolder folder;
    private static ApacheKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        folder = TempFolder.create();
        String classPath =
                Files.readString(Path.of("../apache-kafka/target/kafka-classpath.txt")).strip();
        kafka = ApacheKafka.start(folder.path(), classPath);
    }

    @AfterAll
    static void stop() throws Exception {
        kafka.close();
        folder.close();
    }

    @Test
    void a_refusal_ends_the_load_and_names_the_error_code() throws Exception {
        var batch = ReadyBatch.fill(1024, 100, TIMESTAMP_MS);
        batch.bytes()[ReadyBatch.HEADER_SIZE_BYTES + 20] ^= 1;
        create("refused", 1);
        var load = new ProduceLoad(new ProduceLoad.Shape("refused", 1, 1, batch), 0);
        int corruptMessage = 2;
        assertThatThrownBy(() -> load.run(kafka.address(), SHORT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("code " + corruptMessage);
    }

    @Test
    void a_java_consumer_reads_every_record_that_was_acknowledged() throws Exception {
        create("load", 4);
        var batch = ReadyBatch.fill(2048, 100, TIMESTAMP_MS);
        var load = new ProduceLoad(new ProduceLoad.Shape("load", 4, 2, batch), 0);
        long batches = 2 * load.run(kafka.address(), SHORT).acknowledged();
        assertThat(batches).isPositive();

        // One more in each partition from the creation of the topic.
        Map<Integer, Long> read = consume("load", 4, 4 + batches * batch.recordCount());
        assertThat(read.values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(4 + batches * batch.recordCount());
        assertThat(read.values()).allMatch(count -> count > 1);
    }

    @Test
    void the_reader_gets_the_bytes_that_were_written() throws Exception {
        create("fetched", 2);
        var batch = ReadyBatch.fill(16 << 10, 1024, TIMESTAMP_MS);
        var load = new ProduceLoad(new ProduceLoad.Shape("fetched", 2, 1, batch), 100);
        var produced = load.run(kafka.address(), SHORT);
        var fetched = new FetchLoad("fetched", 2, 2).readAll(kafka.address(), LIMIT);
        int first = RawClient.oneRecord().bytes().length;
        assertThat(fetched.sizeBytes())
                .isEqualTo(2L * first + produced.acknowledged() * batch.bytes().length);
    }

    @Test
    void every_record_sent_end_to_end_is_timed_once() throws Exception {
        create("end-to-end", 1);
        var latency = new EndToEndLoad("end-to-end", 100).run(kafka.address(), SHORT);
        assertThat(latency.getTotalCount()).isEqualTo(30);
        assertThat(latency.getMinValue()).isPositive();
    }

    private static void create(String topic, int partitions) throws Exception {
        try (RawClient client = RawClient.connectWhenReady(kafka.address())) {
            client.createReadyTopic(topic, partitions);
        }
    }

    /// Records by partition; values are checked to have the size they were built with.
    private static Map<Integer, Long> consume(String topic, int partitions, long expected) {
        Map<String, Object> config =
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrap(),
                        ConsumerConfig.CHECK_CRCS_CONFIG,
                        true);
        var counts = new HashMap<Integer, Long>();
        var bytes = new ByteArrayDeserializer();
        try (var consumer = new KafkaConsumer<>(config, bytes, bytes)) {
            List<TopicPartition> all =
                    IntStream.range(0, partitions)
                            .mapToObj(partition -> new TopicPartition(topic, partition))
                            .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            for (long read = 0; read < expected; ) {
                var polled = consumer.poll(LIMIT);
                assertThat(polled.isEmpty()).as("no more after %d records", read).isFalse();
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    assertThat(record.value()).hasSize(100);
                    counts.merge(record.partition(), 1L, Long::sum);
                    read++;
                }
            }
        }
        return counts;
    }
}
