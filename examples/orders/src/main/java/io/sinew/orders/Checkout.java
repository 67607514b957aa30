package io.sinew.orders;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/// Where orders come in: the only part of the shop that writes to the topic.
final class Checkout implements AutoCloseable {
    /// How long orders that are under way may take when the shop closes.
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaProducer<String, Order> producer;

    Checkout(String bootstrap) {
        producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                        new StringSerializer(),
                        OrderJson::write);
    }

    /// Places an order. Once the future is done the order survives whatever happens to the server;
    /// until then the producer sends it again as often as it takes, and it is stored once.
    Future<RecordMetadata> place(Order order) {
        return producer.send(new ProducerRecord<>(Order.TOPIC, order.customer(), order));
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
