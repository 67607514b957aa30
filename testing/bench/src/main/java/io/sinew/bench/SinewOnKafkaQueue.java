package io.sinew.bench;

import io.sinew.kit.ApacheKafka;
import io.sinew.library.Sinew;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Sinew's queues in the driver's process, on topics of an Apache Kafka that syncs before it
/// answers.
record SinewOnKafkaQueue(String classPath) implements QueuePeer {
    private static final int PARTITIONS = 1;

    /// A sync before each answer, and no deletion by time: the driver's records are of now.
    private static final Map<String, String> SETTINGS = Map.of("log.flush.interval.messages", "1");

    @Override
    public String name() {
        return "sinew-kafka";
    }

    @Override
    public String durability() {
        return "durable: log.flush.interval.messages=1 on the cluster";
    }

    @Override
    public String command() {
        return "Sinew.connect(bootstrap), a queue with its defaults and "
                + PARTITIONS
                + " partition, on Apache Kafka "
                + KafkaPeer.VERSION
                + ", one KRaft node, server.properties of the distribution "
                + SETTINGS
                + ", java "
                + String.join(" ", ApacheKafka.SCRIPT_FLAGS)
                + "; CPU time and memory are those of Kafka and of the driver's JVM";
    }

    @Override
    public boolean inDriver() {
        return true;
    }

    @Override
    public QueueSystem start(Path folder) throws Exception {
        var kafka = new ApacheKafka(folder, classPath, ApacheKafka.SCRIPT_FLAGS, SETTINGS);
        try {
            kafka.format();
            kafka.start();
            long server = kafka.process().pid();
            return new SinewSystem(
                    Sinew.connect(kafka.bootstrap()),
                    PARTITIONS,
                    List.of(ProcessHandle.current().pid(), server),
                    kafka::close);
        } catch (Exception | AssertionError e) {
            kafka.close();
            throw e;
        }
    }
}
