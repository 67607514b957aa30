package io.sinew.clients;

import io.sinew.kit.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Kafka's own Java clients for one server, with Kafka's defaults but for what a test says.
///
/// @param bootstrap `host:port`
record JavaClients(String bootstrap) {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(100);

    KafkaProducer<byte[], byte[]> producer(Map<String, Object> config) {
        return new KafkaProducer<>(
                withBootstrap(config), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// A consumer that starts at the beginning where nothing was committed.
    KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> config) {
        var all = new HashMap<String, Object>();
        all.put("auto.offset.reset", "earliest");
        all.putAll(config);
        return new KafkaConsumer<>(
                withBootstrap(all), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    Admin admin() {
        return Admin.create(withBootstrap(Map.of()));
    }

    private Map<String, Object> withBootstrap(Map<String, Object> config) {
        var all = new HashMap<>(config);
        all.put("bootstrap.servers", bootstrap);
        return all;
    }

    /// Sends records, all at once, and waits for the acknowledgements.
    List<RecordMetadata> send(
            Map<String, Object> config, List<ProducerRecord<byte[], byte[]>> records)
            throws Exception {
        try (var producer = producer(config)) {
            var sent = new ArrayList<Future<RecordMetadata>>();
            for (ProducerRecord<byte[], byte[]> record : records) {
                sent.add(producer.send(record));
            }
            var acknowledged = new ArrayList<RecordMetadata>();
            for (Future<RecordMetadata> each : sent) {
                acknowledged.add(each.get());
            }
            return acknowledged;
        }
    }

    /// The same with texts for one partition.
    List<RecordMetadata> send(TopicPartition to, Map<String, Object> config, List<String> values)
            throws Exception {
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        for (String value : values) {
            records.add(new ProducerRecord<>(to.topic(), to.partition(), null, bytes(value)));
        }
        return send(config, records);
    }

    /// Polls until there are `count` records.
    static List<ConsumerRecord<byte[], byte[]>> take(
            KafkaConsumer<byte[], byte[]> consumer, int count) throws Exception {
        var taken = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        Eventually.await(
                LIMIT,
                count + " records",
                () -> {
                    consumer.poll(POLL).forEach(taken::add);
                    return taken.size() >= count;
                });
        return taken;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static List<String> texts(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(record -> text(record.value())).toList();
    }

    /// `prefix0`, `prefix1` …
    static List<String> numbered(String prefix, int count) {
        var all = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            all.add(prefix + i);
        }
        return all;
    }
}
