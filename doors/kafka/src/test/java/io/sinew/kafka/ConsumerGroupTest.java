package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsumerGroupTest {
    private static final int PARTITIONS = 6;

    @TempDir Path directory;
    private LiveDoor door;
    private final List<KafkaConsumer<String, String>> consumers = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory, Map.of("num.partitions", Integer.toString(PARTITIONS)));
        produce(60);
    }

    @AfterEach
    void close() throws Exception {
        consumers.forEach(consumer -> consumer.close());
        door.close();
    }

    private void produce(int count) throws Exception {
        try (var producer = door.producer(Map.of())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("orders", i % PARTITIONS, "k", "v" + i)).get();
            }
        }
    }

    private KafkaConsumer<String, String> join(Map<String, Object> more) throws Exception {
        Map<String, Object> config = new HashMap<>();
        config.put("group.id", "g");
        config.put("auto.offset.reset", "earliest");
        config.put("heartbeat.interval.ms", 50);
        config.put("enable.auto.commit", false);
        config.putAll(more);
        KafkaConsumer<String, String> consumer = door.consumer(config);
        consumers.add(consumer);
        consumer.subscribe(List.of("orders"));
        return consumer;
    }

    private void pollUntil(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            consumers.forEach(consumer -> consumer.poll(Duration.ofMillis(20)));
        }
    }

    private boolean shared(int consumersCount) {
        var all = new HashSet<TopicPartition>();
        int count = 0;
        for (KafkaConsumer<String, String> consumer : consumers) {
            Set<TopicPartition> own = consumer.assignment();
            all.addAll(own);
            count += own.size();
            if (own.size() != PARTITIONS / consumersCount) {
                return false;
            }
        }
        return all.size() == PARTITIONS && count == PARTITIONS;
    }

    @Test
    void consumers_of_a_group_share_the_partitions_and_one_that_leaves_gives_its_back()
            throws Exception {
        join(Map.of());
        pollUntil(() -> shared(1));
        join(Map.of());
        join(Map.of());
        pollUntil(() -> shared(3));
        consumers.removeLast().close();
        pollUntil(() -> shared(2));
    }

    @Test
    void cooperative_consumers_keep_what_they_have_while_others_join() throws Exception {
        Map<String, Object> sticky =
                Map.of("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        KafkaConsumer<String, String> first = join(sticky);
        pollUntil(() -> shared(1));
        join(sticky);
        var kept = new HashSet<>(first.assignment());
        pollUntil(() -> {
            kept.retainAll(first.assignment());
            return shared(2);
        });
        assertThat(kept).isEqualTo(first.assignment()).hasSize(PARTITIONS / 2);
    }

    @Test
    void a_static_member_that_comes_back_has_its_partitions_without_a_rebalance() throws Exception {
        join(Map.of("group.instance.id", "a"));
        join(Map.of("group.instance.id", "b"));
        pollUntil(() -> shared(2));
        int generation = consumers.getFirst().groupMetadata().generationId();
        Set<TopicPartition> had = consumers.getLast().assignment();
        consumers.removeLast().close();
        KafkaConsumer<String, String> back = join(Map.of("group.instance.id", "b"));
        pollUntil(() -> shared(2));
        assertThat(back.assignment()).isEqualTo(had);
        assertThat(back.groupMetadata().generationId()).isEqualTo(generation);
    }

    @Test
    void a_group_goes_on_after_a_restart_where_it_had_committed() throws Exception {
        KafkaConsumer<String, String> consumer = join(Map.of());
        var read = new ArrayList<String>();
        while (read.size() < 60) {
            consumer.poll(Duration.ofMillis(20)).forEach(record -> read.add(record.value()));
        }
        consumer.commitSync();
        door.restart();
        produce(PARTITIONS);
        var after = new ArrayList<String>();
        while (after.size() < PARTITIONS) {
            consumer.poll(Duration.ofMillis(20)).forEach(record -> after.add(record.value()));
        }
        assertThat(after).containsExactlyInAnyOrder("v0", "v1", "v2", "v3", "v4", "v5");
        consumer.commitSync();
        consumers.removeLast().close();
        door.restart();
        try (Admin admin = door.admin()) {
            Map<TopicPartition, OffsetAndMetadata> offsets =
                    admin.listConsumerGroupOffsets("g").partitionsToOffsetAndMetadata().get();
            assertThat(offsets).hasSize(PARTITIONS);
            assertThat(offsets.values()).extracting(OffsetAndMetadata::offset).containsOnly(11L);
        }
    }

    @Test
    void offsets_of_a_deleted_topic_do_not_apply_to_a_new_one_of_its_name() throws Exception {
        KafkaConsumer<String, String> consumer = join(Map.of());
        pollUntil(() -> shared(1));
        consumer.commitSync();
        consumers.removeLast().close();
        try (Admin admin = door.admin()) {
            admin.deleteTopics(List.of("orders")).all().get();
            admin.createTopics(List.of(new NewTopic("orders", PARTITIONS, (short) 1))).all().get();
            assertThat(
                            admin.listConsumerGroupOffsets("g")
                                    .partitionsToOffsetAndMetadata()
                                    .get()
                                    .values())
                    .isEmpty();
        }
    }
}
