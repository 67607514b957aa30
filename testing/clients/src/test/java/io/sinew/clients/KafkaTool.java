package io.sinew.clients;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One of the programs that Apache Kafka tests itself with, in a JVM of its own. They tell what
/// they do in lines of JSON.
final class KafkaTool implements AutoCloseable {
    private static final Path CLASS_PATH = Path.of(System.getProperty("sinew.kafka.classpath"));

    private static final List<String> FLAGS =
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final ChildProcess process;
    private final Path output;

    private KafkaTool(ChildProcess process, Path output) {
        this.process = process;
        this.output = output;
    }

    /// @param tool its class in `org.apache.kafka.tools`
    /// @param output the file that gets what it prints
    static KafkaTool start(String tool, Path output, String... arguments) throws IOException {
        String classPath = Files.readString(CLASS_PATH).strip();
        ChildProcess process =
                ChildJvm.of("org.apache.kafka.tools." + tool, classPath)
                        .flags(FLAGS)
                        .start(tool, output, List.of(arguments));
        return new KafkaTool(process, output);
    }

    ChildProcess process() {
        return process;
    }

    /// What it has printed last that `pattern` finds; empty when there is none among its last
    /// lines.
    List<MatchResult> lastFinds(Pattern pattern) {
        return finds(process.lastLines().reversed().stream(), pattern).limit(1).toList();
    }

    /// Everything it has printed until now that `pattern` finds.
    List<MatchResult> allFinds(Pattern pattern) throws IOException {
        try (Stream<String> lines = Files.lines(output)) {
            return finds(lines, pattern).toList();
        }
    }

    private static Stream<MatchResult> finds(Stream<String> lines, Pattern pattern) {
        return lines.flatMap(line -> pattern.matcher(line).results());
    }

    @Override
    public void close() {
        process.close();
    }
}
