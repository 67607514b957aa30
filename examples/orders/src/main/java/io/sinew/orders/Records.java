package io.sinew.orders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// The server's own account of the topic and of the groups that read it: what the story's claims
/// are verified against.
final class Records implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(200);

    /// After so many polls without a record there is nothing more to come.
    private static final int EMPTY_POLLS_MAX = 50;

    private final String bootstrap;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final Admin admin;

    Records(String bootstrap) {
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    void createTopic(int partitionCount) throws ExecutionException, InterruptedException {
        var topic = new NewTopic(Order.TOPIC, partitionCount, (short) 1);
        admin.createTopics(List.of(topic)).all().get();
        for (int i = 0; i < partitionCount; i++) {
            partitions.add(new TopicPartition(Order.TOPIC, i));
        }
    }

    /// Where each partition ends.
    Map<Integer, Long> ends() throws ExecutionException, InterruptedException {
        return offsets(OffsetSpec.latest());
    }

    private Map<Integer, Long> offsets(OffsetSpec place)
            throws ExecutionException, InterruptedException {
        var asked =
                partitions.stream()
                        .collect(Collectors.toMap(partition -> partition, partition -> place));
        var offsets = new TreeMap<Integer, Long>();
        admin.listOffsets(asked)
                .all()
                .get()
                .forEach((partition, found) -> offsets.put(partition.partition(), found.offset()));
        return offsets;
    }

    /// The offset that a group has committed in each partition; 0 where it has none.
    Map<Integer, Long> committed(String group) throws ExecutionException, InterruptedException {
        var committed = new TreeMap<Integer, Long>();
        partitions.forEach(partition -> committed.put(partition.partition(), 0L));
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        committed.put(partition.partition(), offset.offset());
                    }
                });
        return committed;
    }

    /// How many records a group has not committed yet.
    long lag(String group) throws ExecutionException, InterruptedException {
        Map<Integer, Long> committed = committed(group);
        long lag = 0;
        for (Map.Entry<Integer, Long> end : ends().entrySet()) {
            lag += end.getValue() - committed.getOrDefault(end.getKey(), 0L);
        }
        return lag;
    }

    /// Moves a group that has no members back to the beginning.
    void rewind(String group) throws ExecutionException, InterruptedException {
        var beginning =
                offsets(OffsetSpec.earliest()).entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        start -> new TopicPartition(Order.TOPIC, start.getKey()),
                                        start -> new OffsetAndMetadata(start.getValue())));
        AlterConsumerGroupOffsetsResult altered = admin.alterConsumerGroupOffsets(group, beginning);
        altered.all().get();
    }

    /// Every order in the topic, partition by partition, in order.
    List<Order> readAll() throws ExecutionException, InterruptedException {
        long count = ends().values().stream().mapToLong(Long::longValue).sum();
        var orders = new ArrayList<Order>();
        try (var consumer =
                new KafkaConsumer<>(
                        Map.<String, Object>of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                        new StringDeserializer(),
                        OrderJson::read)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            int emptyPolls = 0;
            while (orders.size() < count && emptyPolls < EMPTY_POLLS_MAX) {
                ConsumerRecords<String, Order> polled = consumer.poll(POLL);
                polled.forEach(record -> orders.add(record.value()));
                emptyPolls = polled.isEmpty() ? emptyPolls + 1 : 0;
            }
        }
        return orders;
    }

    @Override
    public void close() {
        admin.close(CLOSE);
    }
}
