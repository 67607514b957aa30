package io.sinew.pubsub;

import io.sinew.cluster.ClusterEngine;
import io.sinew.cluster.ClusterSettings;
import io.sinew.kit.ApacheKafka;
import io.sinew.kit.TempKafka;
import io.sinew.topics.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// Subscriptions on a real Apache Kafka, which goes on when this is closed; without the topics of those
/// that were there before.
final class SubscriptionsOnCluster extends SubscriptionsUnderTest {
    /// How long a process that shares subscriptions may be silent in tests.
    static final Duration SESSION = Duration.ofSeconds(2);

    /// Nobody waits for more processes, or for long when one has died; and records of tests may be
    /// from any time.
    private static final Map<String, String> PROPERTIES =
            Map.of(
                    "log.retention.ms",
                    "-1",
                    "group.initial.rebalance.delay.ms",
                    "0",
                    "group.min.session.timeout.ms",
                    "1000");

    private final ApacheKafka kafka;
    private ClusterEngine engine;
    private Subscriptions subscriptions;

    SubscriptionsOnCluster(ApacheKafka kafka) throws InterruptedException {
        this.kafka = kafka;
        engine = ClusterEngine.open(settings(kafka.bootstrap()));
        for (String topic : engine.topicNames()) {
            engine.deleteTopic(topic);
        }
        subscriptions = Subscriptions.open(engine, clock, "here");
    }

    static TempKafka startKafka() throws Exception {
        return TempKafka.start(Path.of("target"), PROPERTIES);
    }

    /// How its engines are opened, in other processes too.
    static ClusterSettings settings(String bootstrap) {
        return ClusterSettings.of(bootstrap).withSession(SESSION);
    }

    @Override
    Engine engine() {
        return engine;
    }

    @Override
    Subscriptions subscriptions() {
        return subscriptions;
    }

    @Override
    void restart() throws InterruptedException {
        close();
        engine = ClusterEngine.open(settings(kafka.bootstrap()));
        subscriptions = Subscriptions.open(engine, clock, "here");
    }

    @Override
    void crash() throws Exception {
        kafka.kill();
        kafka.start();
        restart();
    }

    @Override
    public void close() {
        subscriptions.close();
        engine.close();
    }
}
