package io.sinew.clients;

import static io.sinew.clients.JavaClients.bytes;
import static io.sinew.clients.JavaClients.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transactions as kafka-clients makes them.
class JavaTransactionTest {
    private static final Map<String, Object> COMMITTED =
            Map.of("isolation.level", "read_committed");

    @TempDir static Path folder;
    private static ForkedSinew sinew;
    private static JavaClients clients;

    @BeforeAll
    static void start() throws Exception {
        sinew = ForkedSinew.start(folder);
        clients = new JavaClients(sinew.bootstrap());
    }

    @AfterAll
    static void stop() {
        sinew.close();
    }

    private static KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        var producer = clients.producer(Map.of("transactional.id", transactionalId));
        producer.initTransactions();
        return producer;
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, String... values)
            throws Exception {
        for (String value : values) {
            producer.send(new ProducerRecord<>(topic, 0, null, bytes(value))).get();
        }
    }

    private static List<String> read(String topic, Map<String, Object> config, int count)
            throws Exception {
        try (var consumer = clients.consumer(config)) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            return texts(JavaClients.take(consumer, count));
        }
    }

    @Test
    void readers_of_committed_records_see_what_was_committed_and_nothing_else() throws Exception {
        try (var producer = producer("writer")) {
            for (int round = 0; round < 3; round++) {
                producer.beginTransaction();
                send(producer, "orders", "kept " + round);
                producer.commitTransaction();
                producer.beginTransaction();
                send(producer, "orders", "dropped " + round);
                producer.abortTransaction();
            }
        }
        assertThat(read("orders", COMMITTED, 3)).containsExactly("kept 0", "kept 1", "kept 2");
        assertThat(read("orders", Map.of(), 6))
                .containsExactly(
                        "kept 0", "dropped 0", "kept 1", "dropped 1", "kept 2", "dropped 2");
    }

    @Test
    void a_second_producer_of_an_id_fences_the_first_and_aborts_what_it_left() throws Exception {
        try (var first = producer("fenced")) {
            first.beginTransaction();
            send(first, "fencing", "of the first");
            try (var second = producer("fenced")) {
                second.beginTransaction();
                send(second, "fencing", "of the second");
                assertThatThrownBy(first::commitTransaction)
                        .isInstanceOfAny(
                                ProducerFencedException.class, InvalidProducerEpochException.class);
                second.commitTransaction();
            }
        }
        assertThat(read("fencing", COMMITTED, 1)).containsExactly("of the second");
    }

    @Test
    void offsets_count_when_the_transaction_that_has_them_is_committed() throws Exception {
        var input = new TopicPartition("input", 0);
        clients.send(input, Map.of(), JavaClients.numbered("i", 10));
        try (var consumer =
                        clients.consumer(
                                Map.of("group.id", "copiers", "enable.auto.commit", false));
                var producer = producer("copier")) {
            consumer.subscribe(List.of(input.topic()));
            JavaClients.take(consumer, 10);
            producer.beginTransaction();
            send(producer, "output", "first half");
            producer.sendOffsetsToTransaction(
                    Map.of(input, new OffsetAndMetadata(5)), consumer.groupMetadata());
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, "output", "all");
            producer.sendOffsetsToTransaction(
                    Map.of(input, new OffsetAndMetadata(7)), consumer.groupMetadata());
            producer.commitTransaction();
        }
        try (var admin = clients.admin()) {
            assertThat(
                            admin.listConsumerGroupOffsets("copiers")
                                    .partitionsToOffsetAndMetadata()
                                    .get())
                    .containsEntry(input, new OffsetAndMetadata(7));
        }
        assertThat(read("output", COMMITTED, 1)).containsExactly("all");
    }
}
