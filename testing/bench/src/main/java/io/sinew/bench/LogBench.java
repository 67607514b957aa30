package io.sinew.bench;

import io.sinew.kit.TempFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `./dev bench log`: the log and its Kafka door against Apache Kafka.
@Command(
        name = "log",
        description = "Produce, fetch, latency, start, memory: Apache Kafka and Sinew in one run.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class LogBench implements Callable<Integer> {
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
            names = "--peers",
            split = ",",
            description = "Who is measured, in this order.",
            defaultValue = "kafka,kafka-flush,sinew,sinew-os")
    private List<String> peers = List.of();

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

    @Option(names = "--sinew", description = "Sinew's launcher.", defaultValue = "./sinew")
    private Path launcher = Path.of("./sinew");

    @Option(
            names = "--kafka-class-path",
            description = "A file with the class path of Kafka and its tools.",
            defaultValue = "testing/bench/target/kafka-classpath.txt")
    private Path kafkaClassPath = Path.of("testing/bench/target/kafka-classpath.txt");

    @Option(names = "--list", description = "Lists the workloads and ends.")
    private boolean list;

    @Spec private @Nullable CommandSpec spec;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final PrintStream progress = System.err;
    private final Results results = new Results();
    private @Nullable Ballast ballast;
    private final Set<String> notes = new LinkedHashSet<>();

    @Override
    public Integer call() throws Exception {
        List<Workload> workloads =
                LogSuite.workloads().stream().filter(w -> chosen(w.name())).toList();
        if (list) {
            workloads.forEach(w -> out.printf("%-32s %s%n", w.name(), w.meaning()));
            return 0;
        }
        String classPath = kafkaClassPath();
        List<Peer> chosen = peers.stream().map(name -> peer(name, classPath)).toList();
        Map<String, String> facts = MachineFacts.read(Files.createDirectories(folder));
        if (fillMemory && !Ballast.fits(folder)) {
            throw usage(
                    "the disk of %s has no room for a file as large as the memory and as much again;"
                                    .formatted(folder.toAbsolutePath())
                            + " free some, choose another with --folder, or use --no-fill-memory");
        }
        int count = rounds > 0 ? rounds : quick ? 1 : ROUNDS_FULL;
        for (int round = 1; round <= count; round++) {
            measureDisk(round);
        }
        if (fillMemory) {
            progress.println("filling the memory with page cache ...");
            ballast = Ballast.in(folder);
            notes.add("memory was full of page cache before each measurement (--fill-memory)");
        }
        try {
            measureAll(workloads, chosen, count, classPath);
        } finally {
            if (ballast != null) {
                ballast.close();
            }
        }
        print(report(facts, chosen, workloads, count));
        return results.failures().isEmpty() ? 0 : 1;
    }

    private void measureAll(
            List<Workload> workloads, List<Peer> chosen, int count, String classPath)
            throws Exception {
        for (Workload workload : workloads) {
            for (int round = 1; round <= count; round++) {
                for (Peer peer : chosen) {
                    measure(workload, peer, round, new KafkaTools(classPath));
                }
            }
        }
    }

    private boolean chosen(String name) {
        return only.matcher(name).find();
    }

    private Scale scale() {
        return quick ? Scale.quick(recordsScale) : Scale.full(recordsScale);
    }

    private void measureDisk(int round) throws Exception {
        for (DiskRates disk : LogSuite.disk()) {
            if (!chosen(disk.name())) {
                continue;
            }
            progress.printf("%s, round %d ... ", disk.name(), round);
            try (var fresh = TempFolder.in(folder)) {
                PageCache.settle();
                Duration duration = scale().measured().dividedBy(2);
                keep(disk.name(), DiskRates.PEER, round, disk.measure(fresh.path(), duration));
            }
        }
    }

    private void measure(Workload workload, Peer peer, int round, KafkaTools tools)
            throws Exception {
        progress.printf("%s, round %d, %s ... ", workload.name(), round, peer.name());
        try (var fresh = TempFolder.in(folder)) {
            PageCache.settle();
            if (ballast != null) {
                ballast.fill();
            }
            Broker broker = peer.broker(fresh.path());
            try (var run = new Run(broker, fresh.path(), scale(), tools, notes::add)) {
                keep(workload.name(), peer.name(), round, workload.measure(run));
            } catch (Exception | AssertionError e) {
                String reason = String.valueOf(e.getMessage());
                progress.println("failed: " + reason);
                results.add(new Results.Failure(workload.name(), peer.name(), round, reason));
            }
        }
    }

    private void keep(String workload, String peer, int round, Readings readings) {
        results.add(new Results.Sample(workload, peer, round, readings.values()));
        var words = new ArrayList<String>();
        readings.values().forEach((q, v) -> words.add(q.title().strip() + " " + Report.number(v)));
        progress.println(String.join(", ", words));
    }

    private Report report(
            Map<String, String> facts, List<Peer> chosen, List<Workload> workloads, int count) {
        Map<String, String> meanings = new LinkedHashMap<>();
        LogSuite.disk().forEach(disk -> meanings.put(disk.name(), disk.meaning()));
        workloads.forEach(workload -> meanings.put(workload.name(), workload.meaning()));
        String title = title(count);
        return new Report(title, facts, chosen, meanings, List.copyOf(notes), results);
    }

    private String title(int count) {
        List<String> arguments = spec().commandLine().getParseResult().originalArgs();
        return "`./dev bench %s`, %d %s%s"
                .formatted(
                        String.join(" ", arguments),
                        count,
                        count == 1 ? "round" : "rounds",
                        quick ? ", quick: shows direction, not for quoting" : "");
    }

    private void print(Report report) throws IOException {
        List<Bar> bars = LogSuite.bars();
        switch (output) {
            case TABLE -> out.print(report.markdown(bars));
            case JSON -> out.println(report.json(bars));
        }
        if (writeDocs) {
            new DocsPage(Path.of("docs/benchmarks.md"), "log").write(report.markdown(bars));
        }
    }

    private Peer peer(String name, String classPath) {
        return switch (name) {
            case "kafka" -> KafkaPeer.asItComes(classPath);
            case "kafka-flush" -> KafkaPeer.flushing(classPath);
            case "sinew" -> SinewPeer.asItComes(launcher());
            case "sinew-os" -> SinewPeer.trustingTheSystem(launcher());
            default ->
                    throw usage(
                            "there is no peer \"%s\"; there are kafka, kafka-flush, sinew, sinew-os"
                                    .formatted(name));
        };
    }

    private Path launcher() {
        if (!Files.isExecutable(launcher)) {
            throw usage(
                    ("%s is not there; run in the project's folder, or name Sinew's "
                                    + "launcher with --sinew")
                            .formatted(launcher));
        }
        return launcher;
    }

    private String kafkaClassPath() throws IOException {
        if (!Files.exists(kafkaClassPath)) {
            throw usage(
                    "%s is not there; build the bench first: mvn -pl testing/bench -am package"
                            .formatted(kafkaClassPath));
        }
        return Files.readString(kafkaClassPath).strip();
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec().commandLine(), message);
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not filled in the specification");
        }
        return spec;
    }
}
