package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.BufferRecords;
import io.sinew.kafkawire.FetchResponse;
import io.sinew.kafkawire.ProduceResponse;
import io.sinew.kit.Batches;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a topic's settings ask of the records inside a batch, as producers meet it.
class RecordValidationTest {
    private static final short INVALID_TIMESTAMP = 32;
    private static final short INVALID_RECORD = 87;
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    /// Long enough for what is sent at once to travel in one batch.
    private static final Map<String, Object> ONE_BATCH =
            Map.of("linger.ms", 60_000, "enable.idempotence", false);

    @TempDir Path directory;
    private LiveDoor door;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
    }

    @AfterEach
    void close() throws Exception {
        door.close();
    }

    private void create(Map<String, String> settings) throws Exception {
        door.broker()
                .topics()
                .create(new UUID(1, 1), "orders", 1, settings)
                .commit()
                .awaitDurable();
    }

    private long nowMs() {
        return door.broker().clock().nowMs();
    }

    /// Sends a record of that time, and more.
    private List<Future<RecordMetadata>> send(
            Map<String, Object> config, long timestamp, List<ProducerRecord<String, String>> more)
            throws Exception {
        var sent = new ArrayList<Future<RecordMetadata>>();
        try (var producer = door.producer(config)) {
            sent.add(producer.send(new ProducerRecord<>("orders", 0, timestamp, "key", "first")));
            more.forEach(record -> sent.add(producer.send(record)));
        }
        return sent;
    }

    private static void assertRefused(
            Future<RecordMetadata> sent, Class<? extends Throwable> type, String message) {
        assertThatThrownBy(sent::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(type)
                .hasMessageContaining(message);
    }

    @Test
    void a_compacted_topic_refuses_records_without_a_key_and_says_which() throws Exception {
        create(Map.of("cleanup.policy", "compact"));
        var sent =
                send(
                        ONE_BATCH,
                        nowMs(),
                        List.of(
                                new ProducerRecord<>("orders", 0, null, "no key"),
                                new ProducerRecord<>("orders", 0, "key", "last")));
        assertRefused(sent.get(1), InvalidRecordException.class, "it has no key");
        // The client's own words for a record that was in bad company.
        assertRefused(sent.get(0), KafkaException.class, "part of a batch");
        assertRefused(sent.get(2), KafkaException.class, "part of a batch");
        send(ONE_BATCH, nowMs(), List.of()).getFirst().get();
    }

    @Test
    void older_producers_learn_of_the_refusal_without_the_records() throws Exception {
        create(Map.of("cleanup.policy", "compact"));
        try (var client = RawClient.to(door)) {
            for (int version : new int[] {3, 7, 8, 12}) {
                var answer =
                        client.ask(
                                        ApiKey.PRODUCE,
                                        version,
                                        Requests.produce("orders", Batches.plain().of("a", "b")),
                                        ProduceResponse.class)
                                .responses
                                .getFirst()
                                .partitionResponses
                                .getFirst();
                assertThat(answer.errorCode).isEqualTo(INVALID_RECORD);
                assertThat(answer.recordErrors).hasSize(version < 8 ? 0 : 2);
                assertThat(answer.errorMessage == null).isEqualTo(version < 8);
            }
        }
    }

    @Test
    void records_out_of_the_bounds_on_time_are_named() throws Exception {
        create(
                Map.of(
                        "message.timestamp.before.max.ms", "3600000",
                        "message.timestamp.after.max.ms", "60000"));
        long now = nowMs();
        var sent =
                send(
                        ONE_BATCH,
                        now,
                        List.of(
                                new ProducerRecord<>("orders", 0, now - 7_200_000, "k", "old"),
                                new ProducerRecord<>("orders", 0, now + 7_200_000, "k", "late")));
        // Of several the client makes records of the one kind; of one, that of the batch's code.
        assertRefused(sent.get(1), InvalidRecordException.class, "its time");
        assertRefused(sent.get(2), InvalidRecordException.class, "its time");
        assertRefused(
                send(ONE_BATCH, now + 7_200_000, List.of()).getFirst(),
                InvalidTimestampException.class,
                "its time");
        send(ONE_BATCH, now - 3_000_000, List.of()).getFirst().get();
    }

    @Test
    void the_brokers_own_time_is_never_out_of_bounds() throws Exception {
        create(
                Map.of(
                        "message.timestamp.type", "LogAppendTime",
                        "message.timestamp.before.max.ms", "1",
                        "message.timestamp.after.max.ms", "1"));
        send(Map.of(), 5, List.of()).getFirst().get();
        send(Map.of(), Long.MAX_VALUE / 2, List.of()).getFirst().get();
    }

    @Test
    void a_bound_on_times_holds_for_records_behind_the_first() throws Exception {
        create(Map.of("message.timestamp.before.max.ms", "3600000"));
        long now = nowMs();
        try (var client = RawClient.to(door)) {
            var answer =
                    client.ask(
                                    ApiKey.PRODUCE,
                                    8,
                                    Requests.produce(
                                            "orders",
                                            Batches.plain().at(now, -7_200_000).of("new", "old")),
                                    ProduceResponse.class)
                            .responses
                            .getFirst()
                            .partitionResponses
                            .getFirst();
            assertThat(answer.errorCode).isEqualTo(INVALID_TIMESTAMP);
            assertThat(answer.recordErrors).singleElement().matches(e -> e.batchIndex == 1);
        }
    }

    // ---- compression.type

    private byte storedCodec() throws Exception {
        var topic = door.broker().topics().named("orders").orElseThrow();
        var log = door.broker().topics().partition(topic, 0).orElseThrow().log();
        try (var client = RawClient.to(door)) {
            var fetched =
                    client.ask(
                                    ApiKey.FETCH,
                                    12,
                                    Requests.fetch("orders", log.endOffset() - 1),
                                    FetchResponse.class)
                            .responses
                            .getFirst()
                            .partitions
                            .getFirst();
            if (!(fetched.records instanceof BufferRecords records)) {
                throw new AssertionError("there are no records");
            }
            return MemoryRecords.readableRecords(records.bytes().duplicate())
                    .firstBatch()
                    .compressionType()
                    .id;
        }
    }

    private List<String> values() throws Exception {
        try (var consumer = door.consumer(Map.of())) {
            consumer.assign(List.of(ORDERS));
            consumer.seekToBeginning(List.of(ORDERS));
            long end = consumer.endOffsets(List.of(ORDERS)).getOrDefault(ORDERS, 0L);
            var values = new ArrayList<String>();
            while (consumer.position(ORDERS) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(r -> values.add(r.value()));
            }
            return values;
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void a_topic_stores_what_each_producer_sends_as_it_says(CompressionType wanted)
            throws Exception {
        create(
                Map.of(
                        "compression.type",
                        wanted == CompressionType.NONE ? "uncompressed" : wanted.name));
        for (CompressionType sent : CompressionType.values()) {
            long now = nowMs();
            send(
                            Map.of("compression.type", sent.name, "linger.ms", 60_000),
                            now,
                            List.of(new ProducerRecord<>("orders", 0, now, "key", "second")))
                    .getLast()
                    .get();
            assertThat(storedCodec()).as("sent as %s", sent).isEqualTo(wanted.id);
        }
        assertThat(values()).hasSize(10).startsWith("first", "second", "first");
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void a_topic_without_a_wish_keeps_what_the_producer_chose(CompressionType sent)
            throws Exception {
        create(Map.of());
        send(Map.of("compression.type", sent.name), 5, List.of()).getFirst().get();
        assertThat(storedCodec()).isEqualTo(sent.id);
        assertThat(values()).containsExactly("first");
    }

    @Test
    void a_batch_sent_again_is_stored_once_though_it_is_packed_anew() throws Exception {
        create(Map.of("compression.type", "zstd"));
        try (var client = RawClient.to(door)) {
            for (int i = 0; i < 2; i++) {
                var answer =
                        client.ask(
                                        ApiKey.PRODUCE,
                                        8,
                                        Requests.produce(
                                                "orders",
                                                Batches.plain().producer(1, 0, 0).of("a")),
                                        ProduceResponse.class)
                                .responses
                                .getFirst()
                                .partitionResponses
                                .getFirst();
                assertThat(answer.errorCode).isZero();
                assertThat(answer.baseOffset).isZero();
            }
        }
        assertThat(values()).containsExactly("a");
    }
}
