package io.sinew.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicDeletionDisabledException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicAdminTest {
    @TempDir Path directory;
    private LiveDoor door;
    private Admin admin;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
        admin = door.admin();
    }

    @AfterEach
    void close() throws Exception {
        admin.close();
        door.close();
    }

    private void create(NewTopic topic) throws Exception {
        admin.createTopics(List.of(topic)).all().get();
    }

    private TopicDescription describe(String name) throws Exception {
        return requireNonNull(admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
    }

    private static void assertRefused(Class<? extends Exception> why, KafkaFuture<?> future) {
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(why);
    }

    @Test
    void topics_that_cannot_be_are_refused_one_by_one_with_a_reason() throws Exception {
        var refused =
                admin.createTopics(
                                List.of(
                                        new NewTopic("good", 1, (short) 1),
                                        new NewTopic("no partitions", 1, (short) 1),
                                        new NewTopic("none", 0, (short) 1),
                                        new NewTopic("replicated", 1, (short) 0),
                                        new NewTopic("odd", 1, (short) 1)
                                                .configs(Map.of("retention", "1"))))
                        .values();
        requireNonNull(refused.get("good")).get();
        assertRefused(InvalidTopicException.class, requireNonNull(refused.get("no partitions")));
        assertRefused(InvalidPartitionsException.class, requireNonNull(refused.get("none")));
        assertRefused(
                InvalidReplicationFactorException.class, requireNonNull(refused.get("replicated")));
        assertRefused(InvalidConfigurationException.class, requireNonNull(refused.get("odd")));
        assertRefused(
                TopicExistsException.class,
                admin.createTopics(List.of(new NewTopic("good", 1, (short) 1))).all());
        assertThat(admin.listTopics().names().get()).containsExactly("good");
    }

    @Test
    void a_topic_is_created_with_what_was_asked_for_and_outlives_a_restart() throws Exception {
        var created =
                admin.createTopics(
                        List.of(
                                new NewTopic("orders", 3, (short) 3)
                                        .configs(Map.of("retention.ms", "1000"))));
        assertThat(created.numPartitions("orders").get()).isEqualTo(3);
        assertThat(created.replicationFactor("orders").get()).isEqualTo(1);
        assertThat(created.config("orders").get().get("retention.ms").value()).isEqualTo("1000");
        Uuid id = created.topicId("orders").get();
        door.restart();
        TopicDescription described = describe("orders");
        assertThat(described.topicId()).isEqualTo(id);
        assertThat(described.partitions()).hasSize(3);
        assertThat(described.partitions().getFirst().replicas()).hasSize(1);
    }

    @Test
    void the_defaults_of_the_broker_hold_where_nothing_is_said() throws Exception {
        create(new NewTopic("orders", Optional.empty(), Optional.empty()));
        assertThat(describe("orders").partitions()).hasSize(1);
    }

    @Test
    void assignments_to_brokers_only_say_how_many_partitions_there_are() throws Exception {
        create(new NewTopic("orders", Map.of(0, List.of(7), 1, List.of(7, 8))));
        assertThat(describe("orders").partitions()).hasSize(2);
        assertRefused(
                InvalidReplicaAssignmentException.class,
                admin.createTopics(List.of(new NewTopic("gap", Map.of(1, List.of(1))))).all());
    }

    @Test
    void a_creation_that_is_only_validated_creates_nothing() throws Exception {
        var options = new CreateTopicsOptions().validateOnly(true);
        var checked = admin.createTopics(List.of(new NewTopic("orders", 4, (short) 1)), options);
        assertThat(checked.numPartitions("orders").get()).isEqualTo(4);
        assertThat(admin.listTopics().names().get()).isEmpty();
    }

    @Test
    void a_deleted_topic_is_gone_by_name_and_by_id_and_stays_gone() throws Exception {
        create(new NewTopic("a", 1, (short) 1));
        create(new NewTopic("b", 1, (short) 1));
        Uuid idOfB = describe("b").topicId();
        admin.deleteTopics(List.of("a")).all().get();
        admin.deleteTopics(TopicCollection.ofTopicIds(List.of(idOfB))).all().get();
        assertThat(admin.listTopics().names().get()).isEmpty();
        assertRefused(
                UnknownTopicOrPartitionException.class, admin.deleteTopics(List.of("a")).all());
        assertRefused(
                UnknownTopicIdException.class,
                admin.deleteTopics(TopicCollection.ofTopicIds(List.of(idOfB))).all());
        door.restart();
        assertThat(admin.listTopics().names().get()).isEmpty();
    }

    @Test
    void deletion_can_be_switched_off() throws Exception {
        try (var closed =
                        LiveDoor.open(
                                directory.resolve("other"),
                                Map.of("delete.topic.enable", "false"));
                Admin other = closed.admin()) {
            other.createTopics(List.of(new NewTopic("a", 1, (short) 1))).all().get();
            assertRefused(
                    TopicDeletionDisabledException.class, other.deleteTopics(List.of("a")).all());
        }
    }

    @Test
    void partitions_can_be_added_and_never_taken_away() throws Exception {
        create(new NewTopic("orders", 2, (short) 1));
        var onlyChecked = new CreatePartitionsOptions().validateOnly(true);
        admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(5)), onlyChecked)
                .all()
                .get();
        assertThat(describe("orders").partitions()).hasSize(2);
        admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(4))).all().get();
        assertThat(describe("orders").partitions()).hasSize(4);
        assertRefused(
                InvalidPartitionsException.class,
                admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(3))).all());
        assertRefused(
                InvalidReplicaAssignmentException.class,
                admin.createPartitions(
                                Map.of("orders", NewPartitions.increaseTo(6, List.of(List.of(1)))))
                        .all());
        assertRefused(
                UnknownTopicOrPartitionException.class,
                admin.createPartitions(Map.of("none", NewPartitions.increaseTo(3))).all());
        door.restart();
        assertThat(describe("orders").partitions()).hasSize(4);
    }

    @Test
    void topics_are_described_page_by_page() throws Exception {
        create(new NewTopic("a", 3, (short) 1));
        create(new NewTopic("b", 5, (short) 1));
        create(new NewTopic("c", 1, (short) 1));
        var pagesOfTwo =
                new DescribeTopicsOptions()
                        .partitionSizeLimitPerResponse(2)
                        .includeAuthorizedOperations(true);
        Map<String, TopicDescription> described =
                admin.describeTopics(List.of("c", "b", "a"), pagesOfTwo).allTopicNames().get();
        assertThat(requireNonNull(described.get("a")).partitions())
                .extracting(TopicPartitionInfo::partition)
                .containsExactly(0, 1, 2);
        assertThat(requireNonNull(described.get("b")).partitions())
                .extracting(TopicPartitionInfo::partition)
                .containsExactly(0, 1, 2, 3, 4);
        assertThat(requireNonNull(described.get("c")).partitions()).hasSize(1);
        assertThat(requireNonNull(described.get("c")).authorizedOperations())
                .contains(AclOperation.WRITE, AclOperation.ALTER_CONFIGS)
                .doesNotContain(AclOperation.CLUSTER_ACTION, AclOperation.UNKNOWN);
        assertRefused(
                UnknownTopicOrPartitionException.class,
                admin.describeTopics(List.of("none")).allTopicNames());
    }

    @Test
    void topics_are_described_by_id_too() throws Exception {
        create(new NewTopic("a", 3, (short) 1));
        Uuid id = describe("a").topicId();
        var byId = TopicCollection.ofTopicIds(List.of(id));
        assertThat(admin.describeTopics(byId).allTopicIds().get())
                .hasEntrySatisfying(id, topic -> assertThat(topic.name()).isEqualTo("a"));
        var unknown = TopicCollection.ofTopicIds(List.of(Uuid.randomUuid()));
        assertRefused(UnknownTopicIdException.class, admin.describeTopics(unknown).allTopicIds());
    }

    @Test
    void the_cluster_is_one_broker_that_stays_the_same() throws Exception {
        var options = new DescribeClusterOptions().includeAuthorizedOperations(true);
        var before = admin.describeCluster(options);
        assertThat(before.nodes().get()).hasSize(1);
        assertThat(before.controller().get()).isEqualTo(before.nodes().get().iterator().next());
        assertThat(before.controller().get().port()).isEqualTo(door.address().getPort());
        assertThat(before.clusterId().get()).isEqualTo("test-cluster-id-000000");
        assertThat(before.authorizedOperations().get())
                .contains(AclOperation.IDEMPOTENT_WRITE, AclOperation.CREATE)
                .doesNotContain(AclOperation.READ);
        door.restart();
        assertThat(admin.describeCluster().clusterId().get()).isEqualTo(before.clusterId().get());
    }

    @Test
    void the_log_directory_is_described_with_the_bytes_of_each_partition() throws Exception {
        create(new NewTopic("orders", 2, (short) 1));
        try (var producer = door.producer(Map.of())) {
            producer.send(new ProducerRecord<>("orders", 1, "key", "x".repeat(1_000))).get();
        }
        int broker = door.broker().nodeId();
        Map<String, LogDirDescription> directories =
                requireNonNull(
                        admin.describeLogDirs(List.of(broker)).allDescriptions().get().get(broker));
        assertThat(directories).containsOnlyKeys(door.broker().dataDirectory());
        Map<TopicPartition, ReplicaInfo> replicas =
                directories.values().iterator().next().replicaInfos();
        assertThat(requireNonNull(replicas.get(new TopicPartition("orders", 0))).size()).isZero();
        assertThat(requireNonNull(replicas.get(new TopicPartition("orders", 1))).size())
                .isBetween(1_000L, 1_200L);
        assertThat(requireNonNull(replicas.get(new TopicPartition("orders", 1))).offsetLag())
                .isZero();
    }
}
