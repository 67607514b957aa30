package io.sinew.cluster;

import io.sinew.base.Clock;
import io.sinew.contracts.EngineContract;
import io.sinew.topics.Engine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// What every engine promises, on a real Apache Kafka.
final class ClusterEngineContractTest extends EngineContract {
    private static KafkaCluster cluster;
    private static ClusterEngine engine;
    private static ClusterEngine other;

    @BeforeAll
    static void start() throws Exception {
        cluster = KafkaCluster.start();
        engine = cluster.engine();
        other = cluster.engine();
    }

    @AfterAll
    static void stop() throws Exception {
        engine.close();
        other.close();
        cluster.close();
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Engine other() {
        return other;
    }

    /// The topics are in a process of their own, which goes on.
    @Override
    public void reopen() throws Exception {
        engine.close();
        engine = cluster.engine();
    }

    @Override
    public long nowMs() {
        return Clock.system().nowMs();
    }
}
