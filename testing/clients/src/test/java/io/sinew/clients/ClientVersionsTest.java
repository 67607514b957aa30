package io.sinew.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.ForkedSinew;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// One session of kafka-clients in the version that we test with, an older and a newer one.
class ClientVersionsTest {
    private static final Path OTHER_VERSIONS = Path.of("target", "kafka-clients");

    @TempDir static Path folder;
    private static ForkedSinew sinew;

    @BeforeAll
    static void start() throws Exception {
        sinew = ForkedSinew.start(folder);
    }

    @AfterAll
    static void stop() {
        sinew.close();
    }

    /// The jars in `target/kafka-clients`, which the build put there, and the one we test with.
    static List<Path> kafkaClients() throws Exception {
        try (Stream<Path> others = Files.list(OTHER_VERSIONS)) {
            return Stream.concat(others, Stream.of(ownKafkaClients())).sorted().toList();
        }
    }

    private static Path ownKafkaClients() {
        return ownClassPath()
                .filter(ClientVersionsTest::isKafkaClients)
                .map(Path::of)
                .findFirst()
                .orElseThrow();
    }

    private static Stream<String> ownClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
    }

    private static boolean isKafkaClients(String entry) {
        return entry.contains("kafka-clients-") && entry.endsWith(".jar");
    }

    @Test
    void there_are_an_older_and_a_newer_version_to_test() throws Exception {
        assertThat(kafkaClients()).extracting(ClientVersionsTest::version).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("kafkaClients")
    void a_session_with_kafka_clients_of_each_version(Path jar) throws Exception {
        String classPath =
                Stream.concat(
                                Stream.of(jar.toString()),
                                ownClassPath().filter(entry -> !isKafkaClients(entry)))
                        .collect(Collectors.joining(File.pathSeparator));
        var session =
                ChildJvm.of(ClientSession.class.getName(), classPath)
                        .flags(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))
                        .flags(List.of("--enable-native-access=ALL-UNNAMED"));
        Path output = folder.resolve("session-" + version(jar) + ".log");
        try (var process =
                session.start("session", output, List.of(sinew.bootstrap(), version(jar)))) {
            assertThat(process.awaitExit(JavaClients.LIMIT))
                    .as(() -> String.join("\n", process.lastLines()))
                    .isZero();
        }
    }

    /// `4.4.0` of `kafka-clients-4.4.0.jar`.
    private static String version(Path jar) {
        return jar.getFileName().toString().replace("kafka-clients-", "").replace(".jar", "");
    }
}
