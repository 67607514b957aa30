package io.sinew.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigAdminTest {
    private static final ConfigResource ORDERS =
            new ConfigResource(ConfigResource.Type.TOPIC, "orders");
    private static final ConfigResource BROKER =
            new ConfigResource(ConfigResource.Type.BROKER, "1");

    @TempDir Path directory;
    private LiveDoor door;
    private Admin admin;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory, Map.of("log.retention.ms", "5000"));
        admin = door.admin();
        admin.createTopics(
                        List.of(
                                new NewTopic("orders", 1, (short) 1)
                                        .configs(Map.of("max.message.bytes", "2000"))))
                .all()
                .get();
    }

    @AfterEach
    void close() throws Exception {
        admin.close();
        door.close();
    }

    private Config describe(ConfigResource resource) throws Exception {
        var everything =
                new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        return requireNonNull(
                admin.describeConfigs(List.of(resource), everything).all().get().get(resource));
    }

    private static AlterConfigOp op(AlterConfigOp.OpType type, String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private void alter(AlterConfigOp... ops) throws Exception {
        admin.incrementalAlterConfigs(Map.of(ORDERS, Arrays.asList(ops))).all().get();
    }

    @Test
    void a_config_tells_its_value_where_it_is_from_and_what_it_would_be_else() throws Exception {
        Config config = describe(ORDERS);
        ConfigEntry own = config.get("max.message.bytes");
        assertThat(own.value()).isEqualTo("2000");
        assertThat(own.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(own.type()).isEqualTo(ConfigEntry.ConfigType.INT);
        assertThat(own.isReadOnly()).isFalse();
        assertThat(own.isSensitive()).isFalse();
        assertThat(own.documentation()).contains("batch");
        assertThat(own.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::name)
                .containsExactly("max.message.bytes", "message.max.bytes");
        ConfigEntry fromBroker = config.get("retention.ms");
        assertThat(fromBroker.value()).isEqualTo("5000");
        assertThat(fromBroker.source()).isEqualTo(ConfigEntry.ConfigSource.STATIC_BROKER_CONFIG);
        assertThat(fromBroker.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::value)
                .containsExactly("5000", "604800000");
        assertThat(config.get("cleanup.policy").source())
                .isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        assertThat(config.get("cleanup.policy").type()).isEqualTo(ConfigEntry.ConfigType.LIST);
    }

    @Test
    void every_config_of_a_topic_may_be_set_to_what_it_is() throws Exception {
        List<AlterConfigOp> set =
                describe(ORDERS).entries().stream()
                        .map(entry -> op(AlterConfigOp.OpType.SET, entry.name(), entry.value()))
                        .toList();
        alter(set.toArray(AlterConfigOp[]::new));
        Config after = describe(ORDERS);
        for (AlterConfigOp one : set) {
            ConfigEntry entry = after.get(one.configEntry().name());
            assertThat(entry.value()).as(entry.name()).isEqualTo(one.configEntry().value());
            assertThat(entry.source())
                    .as(entry.name())
                    .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        }
    }

    @Test
    void what_means_nothing_on_one_node_is_taken_kept_and_shown() throws Exception {
        Map<String, String> values =
                Map.of(
                        "compression.gzip.level", "9",
                        "compression.lz4.level", "17",
                        "compression.zstd.level", "-7",
                        "local.retention.ms", "1000",
                        "local.retention.bytes", "2000",
                        "remote.log.copy.disable", "true",
                        "remote.log.delete.on.disable", "true",
                        "leader.replication.throttled.replicas", "0:1,1:1",
                        "remote.storage.enable", "false");
        admin.createTopics(List.of(new NewTopic("many", 1, (short) 1).configs(values))).all().get();
        door.restart();
        Config config = describe(new ConfigResource(ConfigResource.Type.TOPIC, "many"));
        values.forEach(
                (name, value) -> assertThat(config.get(name).value()).as(name).isEqualTo(value));
        ConfigEntry unset = config.get("follower.replication.throttled.replicas");
        assertThat(unset.value()).isEmpty();
        assertThat(unset.source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
    }

    @Test
    void a_throttle_is_added_to_and_taken_from_as_reassignments_do() throws Exception {
        String throttled = "leader.replication.throttled.replicas";
        alter(op(AlterConfigOp.OpType.APPEND, throttled, "0:1"));
        alter(op(AlterConfigOp.OpType.APPEND, throttled, "1:1"));
        assertThat(describe(ORDERS).get(throttled).value()).isEqualTo("0:1,1:1");
        alter(op(AlterConfigOp.OpType.DELETE, throttled, ""));
        assertThat(describe(ORDERS).get(throttled).value()).isEmpty();
    }

    @Test
    void remote_storage_is_not_promised() {
        assertThatThrownBy(
                        () -> alter(op(AlterConfigOp.OpType.SET, "remote.storage.enable", "true")))
                .hasCauseInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("must be false")
                .hasMessageContaining("no remote storage");
        var tiered =
                new NewTopic("tiered", 1, (short) 1)
                        .configs(Map.of("remote.storage.enable", "true"));
        assertThatThrownBy(() -> admin.createTopics(List.of(tiered)).all().get())
                .hasCauseInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void the_brokers_configs_can_be_read_and_only_read() throws Exception {
        ConfigEntry retention = describe(BROKER).get("log.retention.ms");
        assertThat(retention.value()).isEqualTo("5000");
        assertThat(retention.isReadOnly()).isTrue();
        assertThatThrownBy(() ->
                        admin.incrementalAlterConfigs(
                                        Map.of(
                                                BROKER,
                                                List.of(
                                                        op(
                                                                AlterConfigOp.OpType.SET,
                                                                "log.retention.ms",
                                                                "1"))))
                                .all()
                                .get())
                .hasCauseInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("--set");
    }

    @Test
    void configs_of_a_topic_that_is_not_there_are_refused() {
        var none = new ConfigResource(ConfigResource.Type.TOPIC, "none");
        assertThatThrownBy(() -> describe(none))
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }

    @Test
    void a_group_has_no_configs_of_its_own() throws Exception {
        var group = new ConfigResource(ConfigResource.Type.GROUP, "g");
        assertThat(describe(group).entries()).isEmpty();
    }

    @Test
    void values_are_set_and_deleted_one_by_one_and_outlive_a_restart() throws Exception {
        alter(
                op(AlterConfigOp.OpType.SET, "retention.ms", "77"),
                op(AlterConfigOp.OpType.DELETE, "max.message.bytes", ""));
        assertThat(describe(ORDERS).get("retention.ms").value()).isEqualTo("77");
        assertThat(describe(ORDERS).get("max.message.bytes").isDefault()).isTrue();
        door.restart();
        assertThat(describe(ORDERS).get("retention.ms").value()).isEqualTo("77");
        assertThat(describe(ORDERS).get("max.message.bytes").isDefault()).isTrue();
    }

    @Test
    void lists_grow_and_shrink() throws Exception {
        alter(op(AlterConfigOp.OpType.APPEND, "cleanup.policy", "compact"));
        assertThat(describe(ORDERS).get("cleanup.policy").value()).isEqualTo("delete,compact");
        alter(op(AlterConfigOp.OpType.APPEND, "cleanup.policy", "compact"));
        assertThat(describe(ORDERS).get("cleanup.policy").value()).isEqualTo("delete,compact");
        alter(op(AlterConfigOp.OpType.SUBTRACT, "cleanup.policy", "delete"));
        assertThat(describe(ORDERS).get("cleanup.policy").value()).isEqualTo("compact");
        assertThatThrownBy(() -> alter(op(AlterConfigOp.OpType.APPEND, "retention.ms", "1")))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void one_wrong_value_keeps_all_changes_to_its_topic_from_being_made() throws Exception {
        assertThatThrownBy(() ->
                        alter(
                                op(AlterConfigOp.OpType.SET, "retention.ms", "77"),
                                op(AlterConfigOp.OpType.SET, "segment.bytes", "many")))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
        assertThat(describe(ORDERS).get("retention.ms").value()).isEqualTo("5000");
    }

    @Test
    void a_change_that_is_only_validated_changes_nothing() throws Exception {
        admin.incrementalAlterConfigs(
                        Map.of(ORDERS, List.of(op(AlterConfigOp.OpType.SET, "retention.ms", "77"))),
                        new AlterConfigsOptions().validateOnly(true))
                .all()
                .get();
        assertThat(describe(ORDERS).get("retention.ms").value()).isEqualTo("5000");
    }

    @Test
    void a_smaller_limit_on_messages_is_in_force_at_once() throws Exception {
        alter(op(AlterConfigOp.OpType.SET, "max.message.bytes", "100"));
        var topic = door.broker().topics().named("orders").orElseThrow();
        var partition = door.broker().topics().partition(topic, 0).orElseThrow();
        assertThat(partition.config().maxBatchBytes()).isEqualTo(100);
    }
}
