package io.sinew.cluster;

import static io.sinew.cluster.KafkaCluster.records;
import static io.sinew.cluster.KafkaCluster.refused;
import static io.sinew.cluster.KafkaCluster.valuesOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import io.sinew.kit.FreePorts;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.Owner.Append;
import io.sinew.topics.Owner.Positions;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Brokers that die, stand still, or are not there.
final class ClusterCrashTest {
    private static final int KILLS = 3;

    private static final Duration LONG = Duration.ofSeconds(90);

    @Test
    void a_cluster_that_is_not_there_is_refused_with_its_address_and_what_to_check() {
        String nowhere = "127.0.0.1:" + FreePorts.next();
        for (String bootstrap : List.of(nowhere, "no-such-host.invalid:9092")) {
            SinewException refusal =
                    refused(
                            ErrorCode.ENGINE_UNAVAILABLE,
                            () -> ClusterEngine.open(ClusterSettings.of(bootstrap)));
            assertThat(refusal).hasMessageContaining(bootstrap).hasMessageContaining("check");
        }
    }

    @Test
    void settings_that_can_t_be_are_refused() {
        for (String bootstrap :
                List.of("", "host", "host:", ":1", "host:99999", "a:1,,b:2", "a b:1")) {
            refused(
                    ErrorCode.INVALID_CONFIG,
                    () -> ClusterEngine.open(ClusterSettings.of(bootstrap)));
        }
        refused(ErrorCode.INVALID_CONFIG, () -> new ClusterSettings("a:1", "no spaces", Map.of()));
        for (Duration session : List.of(Duration.ofMillis(999), Duration.ofMinutes(6))) {
            refused(ErrorCode.INVALID_CONFIG, () -> ClusterSettings.of("a:1").withSession(session));
        }
        refused(
                ErrorCode.INVALID_CONFIG,
                () ->
                        ClusterEngine.open(
                                new ClusterSettings(
                                        "127.0.0.1:1", "x", Map.of("security.protocol", "NONE"))));
    }

    /// Appends and commits by turns, and what came of them.
    private static final class Load {
        private final ClusterEngine engine;
        private final TopicPartition appended = new TopicPartition("appended", 0);
        private final TopicPartition left = new TopicPartition("left", 0);
        private final TopicPartition right = new TopicPartition("right", 0);
        private final List<String> acknowledged = new CopyOnWriteArrayList<>();
        private final List<String> inDoubt = new CopyOnWriteArrayList<>();
        private final List<String> committed = new CopyOnWriteArrayList<>();
        private final AtomicBoolean over = new AtomicBoolean();

        Load(ClusterEngine engine) throws InterruptedException {
            this.engine = engine;
            for (String name : List.of("appended", "left", "right")) {
                engine.createTopic(name, 1, Map.of());
            }
        }

        /// Kafka forgets a producer by the times of its records, when they are a day old: one that
        /// was there before a broker died is known again afterwards if they are recent.
        private static List<NewRecord> recent(String value) {
            NewRecord record = KafkaCluster.record(value);
            long nowMs = Clock.system().nowMs();
            return List.of(new NewRecord(record.key(), record.value(), record.headers(), nowMs));
        }

        Void append() throws InterruptedException {
            for (int i = 0; !over.get(); i++) {
                String value = "a" + i;
                try {
                    engine.append(appended, recent(value));
                    acknowledged.add(value);
                } catch (SinewException e) {
                    // A broker that takes long to come back: nobody knows.
                    inDoubt.add(value);
                }
            }
            return null;
        }

        Void commit() throws InterruptedException {
            Owner owner = engine.own("load");
            for (int i = 0; !over.get(); i++) {
                String value = "c" + i;
                try {
                    owner.commit(
                            List.of(
                                    new Append(left, recent(value)),
                                    new Append(right, recent(value))),
                            List.of(new Positions("load", Map.of(left, (long) i))));
                    committed.add(value);
                } catch (SinewException e) {
                    // The answer to a commit was lost: the owner says so, and is taken anew.
                    owner.close();
                    owner = engine.own("load");
                }
            }
            owner.close();
            return null;
        }
    }

    @Test
    void a_broker_that_is_killed_again_and_again_loses_nothing_and_shows_nothing_aborted()
            throws Exception {
        try (KafkaCluster cluster = KafkaCluster.start();
                ClusterEngine engine = cluster.engine()) {
            var load = new Load(engine);
            var appends = new FutureTask<>(load::append);
            var commits = new FutureTask<>(load::commit);
            Thread.ofVirtual().start(appends);
            Thread.ofVirtual().start(commits);
            for (int round = 0; round < KILLS; round++) {
                int appendsBefore = load.acknowledged.size();
                int commitsBefore = load.committed.size();
                Eventually.await(
                        LONG,
                        "appends and commits",
                        () ->
                                load.acknowledged.size() > appendsBefore + 50
                                        && load.committed.size() > commitsBefore + 10);
                cluster.kafka().kill();
                cluster.kafka().start();
            }
            load.over.set(true);
            appends.get(LONG.toSeconds(), TimeUnit.SECONDS);
            commits.get(LONG.toSeconds(), TimeUnit.SECONDS);

            // As whoever comes next does: then all that was begun is over, in every partition.
            engine.own("load").close();
            List<String> appended = valuesOf(engine, load.appended);
            assertThat(appended).doesNotHaveDuplicates();
            assertThat(appended.stream().filter(value -> !load.inDoubt.contains(value)).toList())
                    .isEqualTo(load.acknowledged);
            List<String> left = valuesOf(engine, load.left);
            assertThat(left).isEqualTo(valuesOf(engine, load.right)).doesNotHaveDuplicates();
            assertThat(new HashSet<>(left))
                    .as("committed to the end of %s, %d", load.left, engine.endOffset(load.left))
                    .containsAll(load.committed);
            assertThat(engine.position("load", load.left))
                    .hasValue(Long.parseLong(left.getLast().substring(1)));
        }
    }

    @Test
    void
            a_broker_that_stands_still_is_given_up_in_bounded_time_and_a_commit_is_not_in_doubt_for_long()
                    throws Exception {
        try (KafkaCluster cluster = KafkaCluster.start();
                ClusterEngine engine = cluster.engine()) {
            engine.createTopic("still", 1, Map.of());
            var still = new TopicPartition("still", 0);
            Owner owner = engine.own("still");
            owner.commit(List.of(new Append(still, records("before"))), List.of());
            cluster.kafka().process().pause();
            long beganNanos = Clock.system().nanos();
            var calls = new ArrayList<FutureTask<?>>();
            calls.add(new FutureTask<>(() -> engine.append(still, records("lost"))));
            calls.add(
                    new FutureTask<>(() ->
                            owner.commit(List.of(new Append(still, records("doubt"))), List.of())));
            calls.add(new FutureTask<>(() -> engine.read(still, 0, 1, Duration.ZERO)));
            calls.add(new FutureTask<>(engine::topicNames));
            calls.add(new FutureTask<>(() -> engine.own("other")));
            calls.add(
                    new FutureTask<>(() ->
                            ClusterEngine.open(ClusterSettings.of(cluster.kafka().bootstrap()))));
            calls.forEach(call -> Thread.ofVirtual().start(call));
            for (FutureTask<?> call : calls) {
                refused(ErrorCode.ENGINE_UNAVAILABLE, () -> KafkaCluster.result(call));
            }
            assertThat(Clock.system().nanos()).isGreaterThan(beganNanos);
            // The owner knows that it does not know.
            refused(
                    ErrorCode.ENGINE_UNAVAILABLE,
                    () -> owner.commit(List.of(new Append(still, records("more"))), List.of()));
            cluster.kafka().process().resume();
            try (Owner anew = engine.own("still")) {
                List<String> before = valuesOf(engine, still);
                anew.commit(List.of(new Append(still, records("after"))), List.of());
                List<String> after = valuesOf(engine, still);
                // What was in doubt is settled once the name is taken: nothing comes later.
                assertThat(after.stream().filter("doubt"::equals).toList())
                        .isEqualTo(before.stream().filter("doubt"::equals).toList());
                assertThat(after).startsWith("before").contains("after").doesNotContain("more");
            }
        }
    }
}
