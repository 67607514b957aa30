package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static io.sinew.clients.JavaClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kit.Eventually;
import io.sinew.kit.ForkedSinew;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compacted topics as kafka-clients sees them: tables that are rebuilt from the beginning.
class JavaCompactionTest {
    private static final int KEYS = 200;

    @TempDir static Path folder;
    private static ForkedSinew sinew;
    private static JavaClients clients;

    @BeforeAll
    static void start() throws Exception {
        sinew = ForkedSinew.start(folder, "log.cleaner.backoff.ms=100");
        clients = new JavaClients(sinew.bootstrap());
    }

    @AfterAll
    static void stop() {
        sinew.close();
    }

    /// Sends one record for each key in the first round and for fewer in each that follows, so that
    /// batches lose some of their records; every tenth key is deleted in every second round.
    private static void update(
            TopicPartition to, String codec, int round, Map<String, String> table)
            throws Exception {
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        for (int i = 0; i < KEYS; i += round + 1) {
            String key = "key" + i;
            if (i % 10 == 0 && round % 2 == 1) {
                table.remove(key);
                records.add(new ProducerRecord<>(to.topic(), to.partition(), bytes(key), null));
            } else {
                String value = "round " + round + " " + "x".repeat(i % 50);
                table.put(key, value);
                records.add(
                        new ProducerRecord<>(to.topic(), to.partition(), bytes(key), bytes(value)));
            }
        }
        clients.send(Map.of("compression.type", codec), records);
    }

    @Test
    void a_table_is_rebuilt_from_the_last_records_alone_also_after_a_crash() throws Exception {
        CompactedTopic topic = CompactedTopic.create(clients, "table", "compact");
        var table = new HashMap<String, String>();
        int round = 0;
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd", "none")) {
            update(topic.partition(), codec, round++, table);
            assertThat(CompactedTopic.table(topic.readAll(Map.of()))).isEqualTo(table);
        }
        Eventually.await(
                LIMIT,
                "a compacted topic",
                () -> {
                    List<ConsumerRecord<byte[], byte[]>> records = topic.readAll(Map.of());
                    assertThat(CompactedTopic.table(records)).isEqualTo(table);
                    return records.size() <= KEYS;
                });
        sinew.kill();
        sinew.start();
        assertThat(CompactedTopic.table(topic.readAll(Map.of()))).isEqualTo(table);
        update(topic.partition(), "lz4", round, table);
        assertThat(CompactedTopic.table(topic.readAll(Map.of()))).isEqualTo(table);
    }

    @Test
    void a_record_without_a_key_is_refused_and_named() throws Exception {
        CompactedTopic topic = CompactedTopic.create(clients, "keyed", "compact,delete");
        var good = new ProducerRecord<>("keyed", 0, bytes("key"), bytes("value"));
        clients.send(Map.of(), List.of(good));
        var bad = new ProducerRecord<byte[], byte[]>("keyed", 0, null, bytes("value"));
        assertThatThrownBy(() -> clients.send(Map.of(), List.of(bad)))
                .hasCauseInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("it has no key");
        assertThat(topic.readAll(Map.of())).hasSize(1);
    }
}
