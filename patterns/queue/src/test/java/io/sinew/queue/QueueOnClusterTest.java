package io.sinew.queue;

import io.sinew.kit.TempKafka;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// Queues on a real Apache Kafka.
class QueueOnClusterTest extends QueueContract {
    private static TempKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = QueuesOnCluster.startKafka();
    }

    @AfterAll
    static void stop() throws IOException {
        kafka.close();
    }

    @Override
    QueuesUnderTest begin() throws InterruptedException {
        return new QueuesOnCluster(kafka.kafka());
    }
}
