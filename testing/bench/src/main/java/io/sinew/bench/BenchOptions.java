package io.sinew.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options that all parts of the bench have.
final class BenchOptions {
    private static final int ROUNDS_FULL = 3;

    /// The form of the report on standard output.
    enum Output {
        TABLE,
        JSON
    }

    @Option(names = "--quick", description = "One short round: shows direction, not for quoting.")
    private boolean quick;

    @Option(
            names = "--rounds",
            description = "Rounds; 0: 3, or 1 with --quick.",
            defaultValue = "0")
    private int rounds;

    @Option(
            names = "--only",
            description = "Only workloads whose name contains this regular expression.",
            defaultValue = "")
    private Pattern only = Pattern.compile("");

    @Option(
            names = "--records-scale",
            description = "Multiplies records, bytes and topics that are counted and not timed.",
            defaultValue = "1")
    private double recordsScale = 1;

    @Option(names = "--output", description = "table or json.", defaultValue = "table")
    private Output output = Output.TABLE;

    @Option(names = "--write-docs", description = "Also writes docs/benchmarks.md.")
    private boolean writeDocs;

    @Option(
            names = "--folder",
            description = "Where the brokers keep their data: chooses the disk.",
            defaultValue = "target/bench")
    private Path folder = Path.of("target/bench");

    @Option(
            names = "--fill-memory",
            description =
                    "Fill the memory with page cache before each measurement, as on a server.",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true")
    private boolean fillMemory;

    @Option(
            names = "--kafka-class-path",
            description = "A file with the class path of Kafka and its tools.",
            defaultValue = "testing/apache-kafka/target/kafka-classpath.txt")
    private Path kafkaClassPath = Path.of("testing/apache-kafka/target/kafka-classpath.txt");

    @Option(names = "--list", description = "Lists the workloads and ends.")
    private boolean list;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    boolean quick() {
        return quick;
    }

    int rounds() {
        return rounds > 0 ? rounds : quick ? 1 : ROUNDS_FULL;
    }

    boolean chosen(String workload) {
        return only.matcher(workload).find();
    }

    double recordsScale() {
        return recordsScale;
    }

    Output output() {
        return output;
    }

    boolean writeDocs() {
        return writeDocs;
    }

    /// Exists.
    Path folder() throws IOException {
        return Files.createDirectories(folder);
    }

    boolean fillMemory() {
        return fillMemory;
    }

    boolean list() {
        return list;
    }

    /// The jars of Apache Kafka and its tools.
    String kafkaClassPath() throws IOException {
        if (!Files.exists(kafkaClassPath)) {
            throw usage(
                    "%s is not there; build the bench first: mvn -pl testing/bench -am package"
                            .formatted(kafkaClassPath));
        }
        return Files.readString(kafkaClassPath).strip();
    }

    /// What was typed after `./dev bench`.
    String typed() {
        List<String> arguments = spec().root().commandLine().getParseResult().originalArgs();
        return String.join(" ", arguments);
    }

    ParameterException usage(String message) {
        return new ParameterException(spec().commandLine(), message);
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not filled in the specification");
        }
        return spec;
    }
}
