package io.sinew.bench;

import java.util.List;

/// All queues that can be measured, in the order of the report.
final class QueuePeers {
    private QueuePeers() {}

    static List<QueuePeer> all(String kafkaClassPath) {
        return List.of(
                RabbitQueue.quorum(),
                RabbitQueue.classic(),
                new ArtemisQueue(),
                new KafkaShareQueue(kafkaClassPath),
                new NatsQueue(),
                new PostgresQueue(),
                new SinewQueue(),
                new SinewOnKafkaQueue(kafkaClassPath),
                new DriverAlone());
    }
}
