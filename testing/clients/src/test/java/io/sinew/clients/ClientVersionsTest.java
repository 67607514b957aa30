package io.sinew.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import java.io.File;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// An application with Sinew inside is built and run with kafka-clients in the version that we test
/// with, with older ones and with a newer one: Sinew needs none of their classes, and talks to all.
class ClientVersionsTest {
    private static final Path OTHER_VERSIONS = Path.of("target", "kafka-clients");
    private static final Path SOURCES = Path.of("src", "test", "java", "io", "sinew", "clients");

    @TempDir Path folder;

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
    void there_are_older_versions_and_a_newer_one_to_test() throws Exception {
        assertThat(kafkaClients().stream().map(jar -> version(jar).substring(0, "4.3".length())))
                .contains("3.9", "4.0", "4.2", "4.3", "4.4");
    }

    @ParameterizedTest
    @MethodSource("kafkaClients")
    void an_application_embeds_sinew_with_kafka_clients_of_each_version(Path jar) throws Exception {
        String classPath =
                Stream.concat(
                                Stream.of(folder.resolve("classes"), jar).map(Path::toString),
                                ownClassPath()
                                        .filter(entry -> entry.endsWith(".jar"))
                                        .filter(entry -> !isKafkaClients(entry)))
                        .collect(Collectors.joining(File.pathSeparator));
        build(classPath);
        var application =
                ChildJvm.of(EmbeddingApplication.class.getName(), classPath)
                        .flags(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))
                        .flags(List.of("--enable-native-access=ALL-UNNAMED"));
        try (ChildProcess process =
                application.start(
                        "application",
                        folder.resolve("application.log"),
                        List.of(folder.resolve("data").toString(), version(jar)))) {
            assertThat(process.awaitExit(JavaClients.LIMIT))
                    .as(() -> String.join("\n", process.lastLines()))
                    .isZero();
        }
    }

    /// Compiles the application as somebody would who has these jars.
    private void build(String classPath) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var files = compiler.getStandardFileManager(null, null, null);
        var messages = new StringWriter();
        boolean built =
                compiler.getTask(
                                messages,
                                files,
                                null,
                                List.of(
                                        "-cp",
                                        classPath,
                                        "-d",
                                        folder.resolve("classes").toString(),
                                        "-proc:none"),
                                null,
                                files.getJavaFileObjects(
                                        SOURCES.resolve("EmbeddingApplication.java"),
                                        SOURCES.resolve("ClientSession.java")))
                        .call();
        assertThat(built).as(messages.toString()).isTrue();
    }

    /// `4.4.0` of `kafka-clients-4.4.0.jar`.
    private static String version(Path jar) {
        return jar.getFileName().toString().replace("kafka-clients-", "").replace(".jar", "");
    }
}
