package io.sinew.streams;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// What has come out of the application and was committed: values by key, in order of arrival. Not
/// safe for several threads.
final class Harvest implements AutoCloseable {
    private static final List<TopicPartition> ALL =
            Stream.of(ShopApplication.COUNTS, ShopApplication.PAID, ShopApplication.SALES)
                    .flatMap(topic ->
                            IntStream.range(0, Events.PARTITIONS)
                                    .mapToObj(index -> new TopicPartition(topic, index)))
                    .toList();

    private final KafkaConsumer<String, String> consumer;
    private final Map<String, Map<String, List<String>>> values = new HashMap<>();
    private final Map<String, Integer> sizes = new HashMap<>();

    Harvest(String bootstrap) {
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrap,
                                "isolation.level",
                                "read_committed",
                                "auto.offset.reset",
                                "earliest",
                                "reconnect.backoff.max.ms",
                                100),
                        new StringDeserializer(),
                        new StringDeserializer());
        consumer.assign(ALL);
    }

    /// Takes in what comes within `limit`.
    void gather(Duration limit) {
        for (ConsumerRecord<String, String> record : consumer.poll(limit)) {
            sizes.merge(record.topic(), 1, Integer::sum);
            values.computeIfAbsent(record.topic(), _ -> new HashMap<>())
                    .computeIfAbsent(record.key(), _ -> new ArrayList<>())
                    .add(record.value());
        }
    }

    /// Takes in everything there is. Only when nobody writes any more.
    void gatherAll() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(ALL);
        while (ends.entrySet().stream()
                .anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
            gather(Duration.ofMillis(100));
        }
    }

    /// Records of a topic so far.
    int size(String topic) {
        return sizes.getOrDefault(topic, 0);
    }

    Map<String, List<String>> values(String topic) {
        return values.getOrDefault(topic, Map.of());
    }

    /// The same without regard to the order of a key's values.
    Map<String, List<String>> sorted(String topic) {
        return sorted(values(topic));
    }

    static Map<String, List<String>> sorted(Map<String, List<String>> values) {
        var sorted = new HashMap<String, List<String>>();
        values.forEach((key, all) -> {
            var copy = new ArrayList<>(all);
            Collections.sort(copy);
            sorted.put(key, copy);
        });
        return sorted;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
