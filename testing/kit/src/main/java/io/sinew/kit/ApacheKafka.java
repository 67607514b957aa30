package io.sinew.kit;

import io.sinew.base.Check;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// A real Apache Kafka broker: one node, KRaft, plain text on 127.0.0.1, in a JVM of its own. It is
/// the peer of benchmarks, the oracle of protocol tests and an engine of the contract suites.
///
/// Its jars come from Maven Central but never onto our own class path: the module
/// `testing/apache-kafka` writes them down in `target/kafka-classpath.txt`, whose content is handed
/// over here.
///
/// A broker is stopped, killed and started again on the same folder and port as often as one likes.
/// Not safe for several threads.
public final class ApacheKafka implements AutoCloseable {
    /// Any will do: the broker is alone. 16 bytes in URL-safe base 64, as Kafka writes ids.
    private static final String CLUSTER_ID = "c2luZXctdGVzdC1rYWZrYQ";

    /// Small and quick to start, for tests that do not measure.
    public static final List<String> TEST_FLAGS =
            List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /// What `kafka-server-start.sh` of the distribution passes, but for GC logs and JMX.
    public static final List<String> SCRIPT_FLAGS =
            List.of(
                    "-Xmx1G",
                    "-Xms1G",
                    "-server",
                    "-XX:+UseG1GC",
                    "-XX:MaxGCPauseMillis=20",
                    "-XX:InitiatingHeapOccupancyPercent=35",
                    "-XX:+ExplicitGCInvokesConcurrent",
                    "-XX:MaxInlineLevel=15",
                    "-Djava.awt.headless=true");

    private static final Duration FORMAT_LIMIT = Duration.ofMinutes(1);
    private static final Duration READY_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    private final Path folder;
    private final ChildJvm jvm;
    private final int port = FreePorts.next();
    private final int controllerPort = FreePorts.next();
    private @Nullable ChildProcess process;

    /// A broker that is neither formatted nor started yet.
    ///
    /// @param folder holds its configuration, output and data; created if it is not there
    /// @param classPath the jars of `kafka_2.13`
    /// @param flags for its JVM: [#TEST_FLAGS] or [#SCRIPT_FLAGS]
    /// @param properties on top of the distribution's `server.properties`, under Kafka's names
    public ApacheKafka(
            Path folder, String classPath, List<String> flags, Map<String, String> properties)
            throws IOException {
        this.folder = Files.createDirectories(folder.toAbsolutePath());
        this.jvm =
                ChildJvm.of("kafka.Kafka", classPath)
                        .flags(flags)
                        .flags(List.of("-Dlog4j2.configurationFile=" + loggingFile()));
        writeLogging();
        writeProperties(properties);
    }

    /// A formatted and started broker with [#TEST_FLAGS], in `folder`.
    public static ApacheKafka start(Path folder, String classPath) throws Exception {
        var kafka = new ApacheKafka(folder, classPath, TEST_FLAGS, Map.of());
        kafka.format();
        kafka.start();
        return kafka;
    }

    /// Prepares the data folder, as `kafka-storage.sh format` does, in a JVM of its own. Needed
    /// once before the first [#start].
    public void format() throws Exception {
        var tool = new ChildJvm("kafka.tools.StorageTool", jvm.classPath(), jvm.flags(), Map.of());
        var arguments =
                List.of(
                        "format",
                        "--cluster-id",
                        CLUSTER_ID,
                        "--config",
                        propertiesFile().toString());
        try (var format = tool.start("kafka-format", folder.resolve("format.log"), arguments)) {
            int exitCode = format.awaitExit(FORMAT_LIMIT);
            if (exitCode != 0) {
                throw new IOException(
                        "formatting failed:\n" + String.join("\n", format.lastLines()));
            }
        }
    }

    /// Starts the broker and waits until it accepts connections.
    public void start() throws Exception {
        spawn().awaitPort(READY_LIMIT, address());
    }

    /// Starts the broker and waits for nothing.
    public ChildProcess spawn() throws IOException {
        Check.that(process == null || !process.isAlive(), "the broker does not run yet");
        process =
                jvm.start(
                        "kafka",
                        folder.resolve("server.log"),
                        List.of(propertiesFile().toString()));
        return process;
    }

    /// The running process.
    public ChildProcess process() {
        if (process == null) {
            throw new IllegalStateException("the broker was not started");
        }
        return process;
    }

    /// A clean shutdown: SIGTERM.
    public void stop() throws InterruptedException {
        process().stop(STOP_LIMIT);
    }

    /// SIGKILL.
    public void kill() throws InterruptedException {
        process().kill();
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /// For `bootstrap.servers`.
    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /// Where the partitions are.
    public Path dataFolder() {
        return folder.resolve("data");
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }

    private Path propertiesFile() {
        return folder.resolve("server.properties");
    }

    private Path loggingFile() {
        return folder.resolve("log4j2.properties");
    }

    private void writeLogging() throws IOException {
        Files.writeString(
                loggingFile(),
                """
                rootLogger.level = warn
                rootLogger.appenderRef.out.ref = out
                appender.out.type = Console
                appender.out.name = out
                appender.out.layout.type = PatternLayout
                appender.out.layout.pattern = %d %p %c: %m%n
                """);
    }

    private void writeProperties(Map<String, String> extra) throws IOException {
        var all = new LinkedHashMap<String, String>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        all.put("listeners", listeners());
        all.put("advertised.listeners", "PLAINTEXT://" + bootstrap());
        all.put("inter.broker.listener.name", "PLAINTEXT");
        all.put("controller.listener.names", "CONTROLLER");
        all.put("log.dirs", dataFolder().toString());
        all.put("num.network.threads", "3");
        all.put("num.io.threads", "8");
        all.put("socket.send.buffer.bytes", "102400");
        all.put("socket.receive.buffer.bytes", "102400");
        all.put("num.partitions", "1");
        all.put("offsets.topic.replication.factor", "1");
        all.put("share.coordinator.state.topic.replication.factor", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.put("transaction.state.log.replication.factor", "1");
        all.put("transaction.state.log.min.isr", "1");
        all.putAll(extra);
        var properties = new Properties();
        properties.putAll(all);
        try (var out = Files.newBufferedWriter(propertiesFile())) {
            properties.store(out, null);
        }
    }

    private String listeners() {
        return "PLAINTEXT://" + bootstrap() + ",CONTROLLER://127.0.0.1:" + controllerPort;
    }
}
