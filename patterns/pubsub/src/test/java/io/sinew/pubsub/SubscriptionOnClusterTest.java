package io.sinew.pubsub;

import io.sinew.kit.TempKafka;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// Subscriptions on a real Apache Kafka.
class SubscriptionOnClusterTest extends SubscriptionContract {
    private static TempKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = SubscriptionsOnCluster.startKafka();
    }

    @AfterAll
    static void stop() throws IOException {
        kafka.close();
    }

    @Override
    SubscriptionsUnderTest begin() throws InterruptedException {
        return new SubscriptionsOnCluster(kafka.kafka());
    }
}
