package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kafka's own consumer in groups that the broker shares out (`group.protocol=consumer`).
class NewConsumerGroupTest {
    private static final int PARTITIONS = 6;

    @TempDir Path directory;
    private LiveDoor door;
    private final List<KafkaConsumer<String, String>> consumers = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        door =
                LiveDoor.open(
                        directory,
                        Map.of(
                                "num.partitions", Integer.toString(PARTITIONS),
                                "group.consumer.min.heartbeat.interval.ms", "50",
                                "group.consumer.heartbeat.interval.ms", "50",
                                "group.consumer.assignment.interval.ms", "0"));
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

    private KafkaConsumer<String, String> join() throws IOException {
        return join(Map.of());
    }

    private KafkaConsumer<String, String> join(Map<String, Object> more) throws IOException {
        KafkaConsumer<String, String> consumer = consumer(more);
        consumer.subscribe(List.of("orders"));
        return consumer;
    }

    private KafkaConsumer<String, String> consumer(Map<String, Object> more) throws IOException {
        Map<String, Object> config = new HashMap<>();
        config.put("group.id", "g");
        config.put("group.protocol", "consumer");
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", false);
        config.putAll(more);
        KafkaConsumer<String, String> consumer = door.consumer(config);
        consumers.add(consumer);
        return consumer;
    }

    /// One of the protocol that the members coordinate themselves by.
    private KafkaConsumer<String, String> joinClassic() throws IOException {
        return join(
                Map.of(
                        "group.protocol",
                        "classic",
                        "heartbeat.interval.ms",
                        50,
                        "partition.assignment.strategy",
                        CooperativeStickyAssignor.class.getName()));
    }

    private void pollUntil(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            consumers.forEach(consumer -> consumer.poll(Duration.ofMillis(20)));
        }
    }

    private boolean shared(int consumersCount) {
        var all = new HashSet<TopicPartition>();
        for (KafkaConsumer<String, String> consumer : consumers) {
            Set<TopicPartition> own = consumer.assignment();
            all.addAll(own);
            if (own.size() != PARTITIONS / consumersCount) {
                return false;
            }
        }
        return all.size() == PARTITIONS;
    }

    private static ConsumerGroupDescription described(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of("g"))
                .describedGroups()
                .values()
                .iterator()
                .next()
                .get();
    }

    @Test
    void a_consumer_gets_all_partitions_reads_them_and_commits() throws Exception {
        KafkaConsumer<String, String> consumer = join();
        var values = new ArrayList<String>();
        while (values.size() < 60) {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
        }
        consumer.commitSync();
        assertThat(values).hasSize(60).doesNotHaveDuplicates();
        assertThat(consumer.committed(Set.of(new TopicPartition("orders", 0))).values())
                .allSatisfy(committed -> assertThat(committed.offset()).isEqualTo(10));
    }

    @Test
    void consumers_share_the_partitions_and_one_that_leaves_gives_its_back() throws Exception {
        join();
        pollUntil(() -> shared(1));
        join();
        join();
        pollUntil(() -> shared(3));
        consumers.removeLast().close();
        pollUntil(() -> shared(2));
    }

    @Test
    void a_consumer_commits_through_a_transaction_what_is_its_own_and_a_late_one_may_try_again()
            throws Exception {
        KafkaConsumer<String, String> consumer = join();
        pollUntil(() -> shared(1));
        ConsumerGroupMetadata then = consumer.groupMetadata();
        join();
        pollUntil(() -> shared(2));
        TopicPartition kept = consumer.assignment().iterator().next();
        TopicPartition given = consumers.getLast().assignment().iterator().next();
        try (var producer = door.producer(Map.of("transactional.id", "t"))) {
            producer.initTransactions();
            producer.beginTransaction();
            assertThatThrownBy(() -> commitThrough(producer, given, then))
                    .isInstanceOf(CommitFailedException.class);
            producer.abortTransaction();
            producer.beginTransaction();
            commitThrough(producer, kept, consumer.groupMetadata());
            producer.commitTransaction();
        }
        assertThat(consumer.committed(Set.of(kept, given)))
                .containsEntry(kept, new OffsetAndMetadata(3))
                .containsEntry(given, null);
    }

    private static void commitThrough(
            KafkaProducer<String, String> producer,
            TopicPartition partition,
            ConsumerGroupMetadata group) {
        producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(3)), group);
    }

    @Test
    void a_static_consumer_comes_back_to_its_partitions() throws Exception {
        join();
        KafkaConsumer<String, String> named = join(Map.of("group.instance.id", "one"));
        pollUntil(() -> shared(2));
        Set<TopicPartition> before = named.assignment();
        consumers.remove(named);
        named.close();
        KafkaConsumer<String, String> again = join(Map.of("group.instance.id", "one"));
        pollUntil(() -> shared(2));
        assertThat(again.assignment()).isEqualTo(before);
    }

    @Test
    void a_pattern_finds_topics_that_come_later() throws Exception {
        KafkaConsumer<String, String> consumer = consumer(Map.of());
        consumer.subscribe(new SubscriptionPattern("orders(-.*)?"));
        pollUntil(() -> consumer.assignment().size() == PARTITIONS);
        try (var admin = door.admin()) {
            admin.createTopics(
                            List.of(
                                    new NewTopic("orders-eu", 2, (short) 1),
                                    new NewTopic("other", 2, (short) 1)))
                    .all()
                    .get();
        }
        pollUntil(() -> consumer.assignment().size() == PARTITIONS + 2);
    }

    @Test
    void a_pattern_that_is_none_is_refused() throws Exception {
        KafkaConsumer<String, String> consumer = consumer(Map.of());
        consumer.subscribe(new SubscriptionPattern("orders("));
        assertThatThrownBy(() -> pollUntil(() -> false))
                .isInstanceOf(InvalidRegularExpression.class);
    }

    @Test
    void an_administrator_sees_the_group_with_its_members_and_deletes_it_when_it_is_empty()
            throws Exception {
        KafkaConsumer<String, String> consumer = join();
        pollUntil(() -> shared(1));
        try (var admin = door.admin()) {
            ConsumerGroupDescription group = described(admin);
            assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.partitionAssignor()).isEqualTo("uniform");
            MemberDescription member = group.members().iterator().next();
            assertThat(member.assignment().topicPartitions()).hasSize(PARTITIONS);
            assertThat(member.targetAssignment().orElseThrow().topicPartitions())
                    .hasSize(PARTITIONS);
            assertThat(admin.listGroups().all().get())
                    .extracting(listed -> listed.type().orElseThrow())
                    .containsExactly(GroupType.CONSUMER);
            assertThatThrownBy(() -> admin.deleteConsumerGroups(List.of("g")).all().get())
                    .hasCauseInstanceOf(GroupNotEmptyException.class);
            consumers.clear();
            consumer.close();
            admin.deleteConsumerGroups(List.of("g")).all().get();
            assertThat(admin.listGroups().all().get()).isEmpty();
        }
    }

    @Test
    void a_group_changes_to_the_new_protocol_and_back_while_it_works() throws Exception {
        joinClassic();
        joinClassic();
        pollUntil(() -> shared(2));
        KafkaConsumer<String, String> modern = join();
        pollUntil(() -> shared(3));
        try (var admin = door.admin()) {
            ConsumerGroupDescription group = described(admin);
            assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
            assertThat(group.members()).hasSize(3);
            consumers.remove(modern);
            modern.close();
            pollUntil(() -> shared(2));
            assertThat(described(admin).type()).isEqualTo(GroupType.CLASSIC);
        }
    }

    @Test
    void consumers_go_on_after_a_restart_of_the_broker() throws Exception {
        join();
        join();
        pollUntil(() -> shared(2));
        var before = new ArrayList<Set<TopicPartition>>();
        consumers.forEach(consumer -> before.add(consumer.assignment()));
        door.restart();
        produce(60);
        var values = new HashSet<String>();
        while (values.size() < 60) {
            for (KafkaConsumer<String, String> consumer : consumers) {
                consumer.poll(Duration.ofMillis(20)).forEach(record -> values.add(record.value()));
            }
        }
        for (int i = 0; i < before.size(); i++) {
            assertThat(consumers.get(i).assignment()).isEqualTo(before.get(i));
        }
    }
}
