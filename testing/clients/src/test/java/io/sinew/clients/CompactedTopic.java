package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static io.sinew.clients.JavaClients.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// A topic of one partition that is compacted as soon as a segment is full, or half a second old,
/// and the table that a reader makes of it.
record CompactedTopic(JavaClients clients, TopicPartition partition) {
    private static final Duration POLL = Duration.ofMillis(100);

    static CompactedTopic create(JavaClients clients, String name, String policy) throws Exception {
        var topic =
                new NewTopic(name, 1, (short) 1)
                        .configs(
                                Map.of(
                                        "cleanup.policy", policy,
                                        "segment.bytes", "20000",
                                        "segment.ms", "500",
                                        "min.cleanable.dirty.ratio", "0.01",
                                        "delete.retention.ms", "0"));
        try (var admin = clients.admin()) {
            admin.createTopics(List.of(topic)).all().get();
        }
        return new CompactedTopic(clients, new TopicPartition(name, 0));
    }

    /// Reads everything from the beginning to what is the end now, for such a consumer.
    List<ConsumerRecord<byte[], byte[]>> readAll(Map<String, Object> config) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer(config)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, -1L);
            var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            Eventually.await(
                    LIMIT,
                    "the consumer's position at " + end,
                    () -> {
                        consumer.poll(POLL).forEach(records::add);
                        return consumer.position(partition) >= end;
                    });
            return records;
        }
    }

    static Map<String, String> table(List<ConsumerRecord<byte[], byte[]>> records) {
        var table = new HashMap<String, String>();
        long last = -1;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            assertThat(record.offset()).isGreaterThan(last);
            last = record.offset();
            if (record.value() == null) {
                table.remove(text(record.key()));
            } else {
                table.put(text(record.key()), text(record.value()));
            }
        }
        return table;
    }
}
