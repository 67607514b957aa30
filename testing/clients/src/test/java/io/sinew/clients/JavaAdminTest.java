package io.sinew.clients;

import static io.sinew.clients.JavaClients.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kit.Eventually;
import io.sinew.kit.ForkedSinew;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kafka-clients' admin client.
class JavaAdminTest {
    @TempDir static Path folder;
    private static ForkedSinew sinew;
    private static JavaClients clients;
    private static Admin admin;

    @BeforeAll
    static void start() throws Exception {
        sinew = ForkedSinew.start(folder);
        clients = new JavaClients(sinew.bootstrap());
        admin = clients.admin();
    }

    @AfterAll
    static void stop() {
        admin.close();
        sinew.close();
    }

    private static void create(String topic, int partitions, Map<String, String> configs)
            throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs)))
                .all()
                .get();
    }

    @Test
    void what_cannot_be_is_refused_with_kafkas_own_errors() throws Exception {
        create("taken", 1, Map.of());
        assertThatThrownBy(() -> create("taken", 1, Map.of()))
                .hasCauseInstanceOf(TopicExistsException.class);
        assertThatThrownBy(() -> create("odd", 1, Map.of("no.such.config", "1")))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> admin.deleteTopics(List.of("missing")).all().get())
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        assertThatThrownBy(() -> admin.deleteConsumerGroups(List.of("missing")).all().get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
    }

    @Test
    void the_cluster_is_described() throws Exception {
        var cluster = admin.describeCluster();
        assertThat(cluster.clusterId().get()).hasSize(22);
        assertThat(cluster.controller().get().port()).isEqualTo(sinew.address().getPort());
        assertThat(cluster.nodes().get()).hasSize(1);
        assertThat(admin.describeLogDirs(List.of(1)).allDescriptions().get()).containsOnlyKeys(1);
    }

    @Test
    void a_topic_is_created_described_widened_and_deleted() throws Exception {
        create("lifecycle", 2, Map.of("retention.ms", "12345"));
        assertThat(admin.listTopics().names().get()).contains("lifecycle");
        admin.createPartitions(Map.of("lifecycle", NewPartitions.increaseTo(5))).all().get();
        var described = admin.describeTopics(List.of("lifecycle")).allTopicNames().get();
        assertThat(described)
                .hasEntrySatisfying(
                        "lifecycle", topic -> assertThat(topic.partitions()).hasSize(5));
        admin.deleteTopics(List.of("lifecycle")).all().get();
        assertThat(admin.listTopics().names().get()).doesNotContain("lifecycle");
    }

    @Test
    void a_topics_configuration_is_changed_and_put_back() throws Exception {
        create("configured", 1, Map.of("retention.ms", "12345"));
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, "configured");
        assertThat(config(resource, "retention.ms")).isEqualTo("12345");
        alter(resource, new ConfigEntry("retention.ms", "777"), AlterConfigOp.OpType.SET);
        assertThat(config(resource, "retention.ms")).isEqualTo("777");
        alter(resource, new ConfigEntry("retention.ms", ""), AlterConfigOp.OpType.DELETE);
        assertThat(config(resource, "retention.ms")).isEqualTo("604800000");
    }

    private static String config(ConfigResource resource, String name) throws Exception {
        return admin.describeConfigs(List.of(resource)).all().get().values().stream()
                .map(config -> config.get(name).value())
                .findFirst()
                .orElseThrow();
    }

    private static void alter(
            ConfigResource resource, ConfigEntry entry, AlterConfigOp.OpType operation)
            throws Exception {
        admin.incrementalAlterConfigs(
                        Map.of(resource, List.of(new AlterConfigOp(entry, operation))))
                .all()
                .get();
    }

    @Test
    void records_are_deleted_and_offsets_listed() throws Exception {
        var partition = new TopicPartition("trimmed", 0);
        clients.send(partition, Map.of(), numbered("v", 10));
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4))).all().get();
        assertThat(offset(partition, OffsetSpec.earliest())).isEqualTo(4);
        assertThat(offset(partition, OffsetSpec.latest())).isEqualTo(10);
        assertThat(offset(partition, OffsetSpec.maxTimestamp())).isBetween(4L, 9L);
        try (var consumer = clients.consumer(Map.of())) {
            consumer.assign(List.of(partition));
            assertThat(JavaClients.texts(JavaClients.take(consumer, 6)).getFirst()).isEqualTo("v4");
        }
        assertThat(
                        admin.describeProducers(List.of(partition))
                                .all()
                                .get()
                                .values()
                                .iterator()
                                .next()
                                .activeProducers())
                .hasSize(1);
    }

    private static long offset(TopicPartition partition, OffsetSpec spec) throws Exception {
        return admin.listOffsets(Map.of(partition, spec)).partitionResult(partition).get().offset();
    }

    @Test
    void a_groups_offsets_are_altered_listed_and_deleted() throws Exception {
        var partition = new TopicPartition("grouped", 0);
        clients.send(partition, Map.of(), numbered("v", 10));
        admin.alterConsumerGroupOffsets(
                        "altered", Map.of(partition, new OffsetAndMetadata(7, "note")))
                .all()
                .get();
        assertThat(admin.listConsumerGroupOffsets("altered").partitionsToOffsetAndMetadata().get())
                .containsEntry(partition, new OffsetAndMetadata(7, "note"));
        try (var member = GroupMember.join(clients, "altered", "grouped", Map.of())) {
            Eventually.await(JavaClients.LIMIT, "3 records", () -> member.received().size() == 3);
            assertThat(member.received()).containsExactly("v7", "v8", "v9");
            var described = admin.describeConsumerGroups(List.of("altered")).all().get();
            assertThat(described)
                    .hasEntrySatisfying(
                            "altered",
                            group -> {
                                assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
                                assertThat(group.members()).hasSize(1);
                            });
        }
        admin.deleteConsumerGroupOffsets("altered", Set.of(partition)).all().get();
        admin.deleteConsumerGroups(List.of("altered")).all().get();
        assertThat(admin.listGroups().all().get())
                .noneMatch(group -> group.groupId().equals("altered"));
    }
}
