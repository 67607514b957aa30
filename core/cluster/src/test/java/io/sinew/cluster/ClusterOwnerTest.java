package io.sinew.cluster;

import static io.sinew.cluster.KafkaCluster.bytes;
import static io.sinew.cluster.KafkaCluster.record;
import static io.sinew.cluster.KafkaCluster.records;
import static io.sinew.cluster.KafkaCluster.refused;
import static io.sinew.cluster.KafkaCluster.valuesOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sinew.base.ErrorCode;
import io.sinew.topics.Owner;
import io.sinew.topics.Owner.Append;
import io.sinew.topics.Owner.Positions;
import io.sinew.topics.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Owners that were fenced, or whose transactions end in another way than they meant.
final class ClusterOwnerTest {
    private static KafkaCluster cluster;
    private static ClusterEngine engine;

    @BeforeAll
    static void start() throws Exception {
        cluster = KafkaCluster.start();
        engine = cluster.engine();
    }

    @AfterAll
    static void stop() throws Exception {
        engine.close();
        cluster.close();
    }

    private static TopicPartition topic(String name) throws InterruptedException {
        engine.createTopic(name, 1, Map.of());
        return new TopicPartition(name, 0);
    }

    @Test
    void a_fenced_owner_is_told_so_also_when_it_commits_nothing() throws Exception {
        TopicPartition nothing = topic("nothing");
        try (Owner first = engine.own("nothing")) {
            assertThat(first.commit(List.of(), List.of())).isEmpty();
            first.commit(List.of(new Append(nothing, records("a"))), List.of());
            assertThat(first.commit(List.of(), List.of())).isEmpty();
            engine.own("nothing").close();
            for (int i = 0; i < 2; i++) {
                refused(ErrorCode.PRODUCER_FENCED, () -> first.commit(List.of(), List.of()));
            }
        }
        assertThat(valuesOf(engine, nothing)).containsExactly("a");
    }

    @Test
    void a_transaction_in_the_middle_is_over_when_the_name_is_taken() throws Exception {
        TopicPartition middle = topic("middle");
        Map<String, Object> same = Map.of("transactional.id", ClusterSettings.PREFIX + "middle");
        try (KafkaProducer<byte[], byte[]> zombie = cluster.producer(same)) {
            zombie.initTransactions();
            zombie.beginTransaction();
            zombie.send(new ProducerRecord<>("middle", 0, null, bytes("zombie"))).get();
            long end = engine.endOffset(middle);
            try (Owner owner = engine.own("middle")) {
                // Readers are not held up by it any more.
                assertThat(engine.endOffset(middle)).isGreaterThan(end);
                assertThat(catchThrowable(zombie::commitTransaction)).isNotNull();
                owner.commit(List.of(new Append(middle, records("mine"))), List.of());
            }
        }
        assertThat(valuesOf(engine, middle)).containsExactly("mine");
    }

    @Test
    void what_the_brokers_refuse_in_the_middle_of_a_commit_undoes_all_of_it() throws Exception {
        TopicPartition wide = topic("wide");
        TopicPartition narrowed = topic("narrowed");
        try (Owner owner = engine.own("undone")) {
            owner.commit(List.of(new Append(narrowed, records("first"))), List.of());
            // Behind the engine's back: it believes what it knew of the topic for a while.
            var topic = new ConfigResource(ConfigResource.Type.TOPIC, "narrowed");
            var smaller =
                    new AlterConfigOp(
                            new ConfigEntry("max.message.bytes", "500"), AlterConfigOp.OpType.SET);
            try (Admin admin =
                    Admin.create(Map.of("bootstrap.servers", cluster.kafka().bootstrap()))) {
                admin.incrementalAlterConfigs(Map.of(topic, List.of(smaller))).all().get();
            }
            refused(
                    ErrorCode.BATCH_TOO_LARGE,
                    () ->
                            owner.commit(
                                    List.of(
                                            new Append(wide, records("undone")),
                                            new Append(narrowed, List.of(record("x".repeat(600))))),
                                    List.of(new Positions("undone", Map.of(wide, 9L)))));
            assertThat(engine.position("undone", wide)).isEmpty();
            assertThat(valuesOf(engine, wide)).isEmpty();
            // And the owner goes on.
            owner.commit(
                    List.of(new Append(wide, records("done"))),
                    List.of(new Positions("undone", Map.of(wide, 3L))));
            assertThat(engine.position("undone", wide)).isEqualTo(OptionalLong.of(3));
        }
        assertThat(valuesOf(engine, wide)).containsExactly("done");
        assertThat(valuesOf(engine, narrowed)).containsExactly("first");
    }
}
