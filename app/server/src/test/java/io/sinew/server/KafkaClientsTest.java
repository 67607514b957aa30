package io.sinew.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaClientsTest {
    @TempDir Path directory;

    @Test
    void an_ordinary_producer_and_consumer_work() throws Exception {
        var config =
                new ServerConfig(
                        directory,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of());
        try (var server = SinewServer.start(config)) {
            String bootstrap = "127.0.0.1:" + server.kafkaAddress().getPort();
            try (var producer =
                    new KafkaProducer<>(
                            Map.of("bootstrap.servers", bootstrap),
                            new StringSerializer(),
                            new StringSerializer())) {
                for (int i = 0; i < 100; i++) {
                    producer.send(new ProducerRecord<>("orders", "k" + i, "v" + i)).get();
                }
            }
            try (var consumer =
                    new KafkaConsumer<>(
                            Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
                            new StringDeserializer(),
                            new StringDeserializer())) {
                consumer.assign(List.of(new TopicPartition("orders", 0)));
                int count = 0;
                while (count < 100) {
                    for (var record : consumer.poll(Duration.ofSeconds(1))) {
                        assertThat(record.value()).isEqualTo("v" + count);
                        count++;
                    }
                }
            }
        }
    }
}
