package io.sinew.clients;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// A small session of kafka-clients, to be built and run with whatever version of them is on the
/// class path. It uses nothing else, and ends with an exception when something is not as it should
/// be.
final class ClientSession {
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 300;
    private static final int POLLS_MAX = 300;
    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrap;
    private final String topic;

    private ClientSession(String bootstrap, String version) {
        this.bootstrap = bootstrap;
        this.topic = "session-" + version;
    }

    /// Runs the session.
    ///
    /// @param version of kafka-clients that is expected
    static void run(String bootstrap, String version) throws Exception {
        require(version.equals(loadedVersion()), loadedVersion());
        var session = new ClientSession(bootstrap, version);
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            session.create(admin);
            for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
                session.produce(codec);
            }
            session.consume(5 * RECORDS);
            session.transact();
            session.look(admin);
        }
    }

    /// What the jar of kafka-clients says of itself.
    private static String loadedVersion() throws IOException {
        var properties = new Properties();
        try (var in = Admin.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            properties.load(Objects.requireNonNull(in));
        }
        return properties.getProperty("version", "unknown");
    }

    private static void require(boolean condition, Object found) {
        if (!condition) {
            throw new IllegalStateException("not as expected: " + found);
        }
    }

    private void create(Admin admin) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
        var described = admin.describeTopics(List.of(topic)).allTopicNames().get();
        described.forEach((name, description) ->
                require(description.partitions().size() == PARTITIONS, description));
    }

    private void produce(String codec) throws Exception {
        Map<String, Object> config =
                Map.of("bootstrap.servers", bootstrap, "compression.type", codec, "linger.ms", 5);
        try (var producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            var sent = new ArrayList<Future<RecordMetadata>>();
            for (int i = 0; i < RECORDS; i++) {
                var record =
                        new ProducerRecord<>(topic, i % PARTITIONS, codec + i, "value of " + i);
                record.headers().add("codec", codec.getBytes(StandardCharsets.UTF_8));
                sent.add(producer.send(record));
            }
            for (Future<RecordMetadata> each : sent) {
                require(each.get().hasOffset(), each.get());
            }
        }
    }

    private void consume(int count) {
        Map<String, Object> config =
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "group.id",
                        topic,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false);
        try (var consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            var next = new long[PARTITIONS];
            int got = 0;
            for (int polls = 0; got < count && polls < POLLS_MAX; polls++) {
                for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                    require(record.offset() == next[record.partition()]++, record);
                    require(
                            record.key()
                                    .startsWith(
                                            new String(
                                                    record.headers().lastHeader("codec").value(),
                                                    StandardCharsets.UTF_8)),
                            record);
                    got++;
                }
            }
            require(got == count, got);
            consumer.commitSync();
            seek(consumer);
        }
    }

    /// One transaction kept and one dropped: clients before 4.0 announce their partitions, and keep
    /// their epoch.
    @SuppressWarnings("FutureReturnValueIgnored") // the commit fails when one of them does
    private void transact() {
        Map<String, Object> config =
                Map.of("bootstrap.servers", bootstrap, "transactional.id", topic);
        String transacted = topic + "-transacted";
        try (var producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            for (boolean kept : new boolean[] {false, true, false, true}) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(transacted, 0, null, "kept: " + kept));
                if (kept) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
        Map<String, Object> committed =
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed");
        try (var consumer =
                new KafkaConsumer<>(
                        committed, new StringDeserializer(), new StringDeserializer())) {
            var partition = new TopicPartition(transacted, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            int got = 0;
            for (int polls = 0; got < 2 && polls < POLLS_MAX; polls++) {
                for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                    require(record.value().equals("kept: true"), record);
                    got++;
                }
            }
            require(got == 2, got);
        }
    }

    private void seek(KafkaConsumer<String, String> consumer) {
        var partition = new TopicPartition(topic, 0);
        require(consumer.assignment().contains(partition), consumer.assignment());
        var atTime = consumer.offsetsForTimes(Map.of(partition, 0L)).get(partition);
        require(atTime != null && atTime.offset() == 0, String.valueOf(atTime));
        consumer.seek(partition, 7);
        require(consumer.position(partition) == 7, consumer.position(partition));
    }

    private void look(Admin admin) throws Exception {
        var offsets = admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata().get();
        long committed = offsets.values().stream().mapToLong(offset -> offset.offset()).sum();
        require(committed == 5 * RECORDS, offsets);
        admin.deleteConsumerGroups(List.of(topic)).all().get();
        admin.deleteTopics(List.of(topic)).all().get();
        Set<String> left = admin.listTopics().names().get();
        require(!left.contains(topic), left);
    }
}
