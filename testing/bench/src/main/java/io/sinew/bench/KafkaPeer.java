package io.sinew.bench;

import io.sinew.kit.ApacheKafka;
import io.sinew.kit.ChildProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;

/// Apache Kafka: one KRaft node with the distribution's settings and JVM flags.
///
/// @param settings on top of those
record KafkaPeer(String name, String durability, String classPath, Map<String, String> settings)
        implements Peer {
    /// The version in the bench's pom.
    static final String VERSION = "4.3.1";

    /// Kafka as it comes.
    static KafkaPeer asItComes(String classPath) {
        return new KafkaPeer(
                "kafka", "not durable: acknowledged from the page cache", classPath, Map.of());
    }

    /// Kafka with a sync before each acknowledgement.
    static KafkaPeer flushing(String classPath) {
        return new KafkaPeer(
                "kafka-flush",
                "durable: flush.messages=1, each partition's file is synced",
                classPath,
                Map.of("log.flush.interval.messages", "1"));
    }

    @Override
    public String command() {
        return "Apache Kafka "
                + VERSION
                + ", one KRaft node, server.properties of the distribution "
                + settings
                + ", java "
                + String.join(" ", ApacheKafka.SCRIPT_FLAGS)
                + ", log level WARN";
    }

    @Override
    public Broker broker(Path folder) throws IOException {
        var kafka = new ApacheKafka(folder, classPath, ApacheKafka.SCRIPT_FLAGS, settings);
        return new Broker() {
            @Override
            public void prepare() throws Exception {
                kafka.format();
            }

            @Override
            public ChildProcess spawn() throws IOException {
                return kafka.spawn();
            }

            @Override
            public ChildProcess process() {
                return kafka.process();
            }

            @Override
            public InetSocketAddress address() {
                return kafka.address();
            }

            @Override
            public Path dataFolder() {
                return kafka.dataFolder();
            }

            @Override
            public void close() {
                kafka.close();
            }
        };
    }
}
