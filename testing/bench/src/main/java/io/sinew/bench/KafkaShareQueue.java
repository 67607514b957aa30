package io.sinew.bench;

import io.sinew.kit.ApacheKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Share groups of Apache Kafka: a topic with one partition, read by a group whose members
/// acknowledge each record.
record KafkaShareQueue(String classPath) implements QueuePeer {
    private static final Duration LOCK = Duration.ofMinutes(30);

    /// A sync before each acknowledgement, of the topic and of `__share_group_state` alike; and a
    /// lock that outlives the slowest handler of the bench.
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "log.flush.interval.messages",
                    "1",
                    "group.share.max.record.lock.duration.ms",
                    Long.toString(LOCK.toMillis()));

    @Override
    public String name() {
        return "kafka-share";
    }

    @Override
    public String durability() {
        return "durable: flush.messages=1 on the topic and on __share_group_state";
    }

    @Override
    public String command() {
        return "Apache Kafka "
                + KafkaPeer.VERSION
                + ", one KRaft node, one partition, server.properties of the distribution "
                + SETTINGS
                + ", acks=all, linger.ms=0, explicit acknowledgement, max.poll.records="
                + QueueLoad.PREFETCH
                + ", java "
                + String.join(" ", ApacheKafka.SCRIPT_FLAGS);
    }

    @Override
    public QueueSystem start(Path folder) throws Exception {
        var kafka = new ApacheKafka(folder, classPath, ApacheKafka.SCRIPT_FLAGS, SETTINGS);
        try {
            kafka.format();
            kafka.start();
            return new ShareSystem(kafka, Admin.create(client(kafka)));
        } catch (Exception | AssertionError e) {
            kafka.close();
            throw e;
        }
    }

    private static Map<String, Object> client(ApacheKafka kafka) {
        return Map.of("bootstrap.servers", kafka.bootstrap());
    }

    private record ShareSystem(ApacheKafka kafka, Admin admin) implements QueueSystem {
        private static final long LIMIT_S = 60;

        @Override
        public void create(String queue) throws Exception {
            admin.createTopics(List.of(new NewTopic(queue, 1, (short) 1)))
                    .all()
                    .get(LIMIT_S, TimeUnit.SECONDS);
            var group = new ConfigResource(ConfigResource.Type.GROUP, group(queue));
            var settings =
                    List.of(
                            set("share.auto.offset.reset", "earliest"),
                            set("share.record.lock.duration.ms", "" + LOCK.toMillis()));
            admin.incrementalAlterConfigs(Map.of(group, settings))
                    .all()
                    .get(LIMIT_S, TimeUnit.SECONDS);
        }

        private static AlterConfigOp set(String name, String value) {
            return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        }

        private static String group(String queue) {
            return queue + "-workers";
        }

        @Override
        public Publisher publisher(String queue) {
            var bytes = new ByteArraySerializer();
            Map<String, Object> settings =
                    Map.of("bootstrap.servers", kafka.bootstrap(), "acks", "all", "linger.ms", "0");
            return new SharePublisher(new KafkaProducer<>(settings, bytes, bytes), queue);
        }

        @Override
        public Receiver receiver(String queue, int prefetch) {
            var bytes = new ByteArrayDeserializer();
            Map<String, Object> settings =
                    Map.of(
                            "bootstrap.servers",
                            kafka.bootstrap(),
                            "group.id",
                            group(queue),
                            "share.acknowledgement.mode",
                            "explicit",
                            "max.poll.records",
                            prefetch,
                            "share.acquire.mode",
                            prefetch == 1 ? "record_limit" : "batch_optimized");
            var consumer = new KafkaShareConsumer<>(settings, bytes, bytes);
            consumer.subscribe(List.of(queue));
            return new ShareReceiver(consumer);
        }

        @Override
        public Abilities abilities() {
            return new Abilities(
                    "AcknowledgeType.RELEASE, delivered again at once: there is no delay",
                    false,
                    false,
                    false);
        }

        @Override
        public String describe() {
            return "all acknowledgements of a poll are confirmed together (commitSync);"
                    + " group.share.partition.max.record.locks is 2000, counted from the oldest"
                    + " record that is not acknowledged";
        }

        @Override
        public List<Long> pids() {
            return kafka.process().treePids();
        }

        @Override
        public void close() {
            admin.close(Duration.ZERO);
            kafka.close();
        }
    }

    private record SharePublisher(KafkaProducer<byte[], byte[]> producer, String queue)
            implements QueueSystem.Publisher {
        @Override
        public void publish(QueueMessage message) throws Exception {
            producer.send(new ProducerRecord<>(queue, message.bytes())).get();
        }

        @Override
        public void close() {
            producer.close(Duration.ofSeconds(1));
        }
    }

    private record ShareReceiver(KafkaShareConsumer<byte[], byte[]> consumer)
            implements QueueSystem.Receiver {
        @Override
        public List<QueueSystem.Delivery> receive(int most, Duration limit) {
            var taken = new ArrayList<QueueSystem.Delivery>();
            for (ConsumerRecord<byte[], byte[]> message : consumer.poll(limit)) {
                taken.add(new QueueSystem.Delivery(message.value(), message));
            }
            return taken;
        }

        @Override
        public void settle(
                List<QueueSystem.Delivery> done, List<QueueSystem.Delivery> again, Duration delay)
                throws IOException {
            acknowledge(done, AcknowledgeType.ACCEPT);
            acknowledge(again, AcknowledgeType.RELEASE);
            for (Optional<KafkaException> result : consumer.commitSync().values()) {
                if (result.isPresent()) {
                    throw new IOException("Kafka refused an acknowledgement", result.get());
                }
            }
        }

        @SuppressWarnings("unchecked")
        private void acknowledge(List<QueueSystem.Delivery> deliveries, AcknowledgeType type) {
            for (QueueSystem.Delivery delivery : deliveries) {
                consumer.acknowledge((ConsumerRecord<byte[], byte[]>) delivery.receipt(), type);
            }
        }

        @Override
        public void close() {
            consumer.close(Duration.ofSeconds(1));
        }
    }
}
