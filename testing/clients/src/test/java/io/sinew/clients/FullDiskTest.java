package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static io.sinew.clients.JavaClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.base.Metrics;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.kafka.KafkaDoor;
import io.sinew.kit.Eventually;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.log.LogHealth;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/// A disk that runs full, as clients meet it. The disk is one in memory: a real one of a size that
/// suits a test needs rights that not everybody has.
class FullDiskTest {
    private static final TopicPartition PARTITION = new TopicPartition("filling", 0);
    private static final int VALUE_BYTES = 100_000;

    @Test
    void writes_are_refused_and_reads_go_on_until_there_is_space_again() throws Exception {
        var disk = new FaultyDisk();
        var metrics = new Metrics();
        var data = DataDirectory.open(disk, Path.of("/data"), "cluster");
        var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var broker = Broker.open(data, BrokerSettings.defaults(), Clock.system(), metrics);
                var door = KafkaDoor.open(broker, anywhere, Optional.empty(), metrics)) {
            var clients = new JavaClients("127.0.0.1:" + door.address().getPort());
            var once =
                    Map.<String, Object>of(
                            "enable.idempotence", false,
                            "retries", 0,
                            "linger.ms", 0,
                            "request.timeout.ms", 1_000,
                            "delivery.timeout.ms", 1_000);
            try (var producer = clients.producer(once)) {
                var kept = new ArrayList<String>();
                send(producer, "first", kept);
                disk.limitTo(disk.usedBytes() + 2_000_000);
                fill(producer, kept);
                assertThat(broker.health()).isEqualTo(new LogHealth.Status.DiskFull());
                assertReadable(clients, kept);
                disk.heal();
                Eventually.await(
                        LIMIT,
                        "space to be noticed",
                        () -> broker.health().equals(new LogHealth.Status.Running()));
                send(producer, "last", kept);
                assertReadable(clients, kept);
            }
        }
    }

    /// Sends until it is told that there is no space. Whoever is caught in the middle of its write
    /// gets no answer: it is written when there is space again.
    private static void fill(KafkaProducer<byte[], byte[]> producer, List<String> kept)
            throws Exception {
        Throwable refusal = null;
        for (int i = 0; !(refusal instanceof KafkaStorageException); i++) {
            try {
                send(producer, i + "x".repeat(VALUE_BYTES), kept);
            } catch (ExecutionException e) {
                refusal = e.getCause();
                assertThat(refusal)
                        .isInstanceOfAny(KafkaStorageException.class, TimeoutException.class);
            }
        }
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer, String value, List<String> kept)
            throws Exception {
        producer.send(new ProducerRecord<>(PARTITION.topic(), 0, null, bytes(value))).get();
        kept.add(value);
    }

    private static void assertReadable(JavaClients clients, List<String> kept) throws Exception {
        try (var consumer = clients.consumer(Map.of())) {
            consumer.assign(List.of(PARTITION));
            var read = new ArrayList<String>();
            Eventually.await(
                    LIMIT,
                    "all that was acknowledged",
                    () -> {
                        read.addAll(JavaClients.texts(JavaClients.take(consumer, 1)));
                        return read.containsAll(kept);
                    });
            assertThat(read).containsSubsequence(kept).doesNotHaveDuplicates();
        }
    }
}
