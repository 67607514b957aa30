package io.sinew.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `./dev bench log`: the log and its Kafka door against Apache Kafka.
@Command(
        name = "log",
        description = "Produce, fetch, latency, start, memory: Apache Kafka and Sinew in one run.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class LogBench implements Callable<Integer> {
    @Mixin private BenchOptions options = new BenchOptions();

    @Option(
            names = "--peers",
            split = ",",
            description = "Who is measured, in this order.",
            defaultValue = "kafka,kafka-flush,sinew,sinew-os")
    private List<String> peers = List.of();

    @Option(names = "--sinew", description = "Sinew's launcher.", defaultValue = "./sinew")
    private Path launcher = Path.of("./sinew");

    @Override
    public Integer call() throws Exception {
        List<Workload> workloads =
                LogSuite.workloads().stream().filter(w -> options.chosen(w.name())).toList();
        if (options.list()) {
            var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            workloads.forEach(w -> out.printf("%-32s %s%n", w.name(), w.meaning()));
            return 0;
        }
        String classPath = options.kafkaClassPath();
        List<Peer> chosen = peers.stream().map(name -> peer(name, classPath)).toList();
        Scale scale =
                options.quick()
                        ? Scale.quick(options.recordsScale())
                        : Scale.full(options.recordsScale());
        try (var session = new Session(options, scale)) {
            session.measureDisk(LogSuite.disk());
            session.fillMemory();
            workloads.forEach(workload -> session.meaning(workload.name(), workload.meaning()));
            measureAll(session, workloads, chosen, new KafkaTools(classPath));
            return session.finish("log", chosen, LogSuite.bars());
        }
    }

    private void measureAll(
            Session session, List<Workload> workloads, List<Peer> chosen, KafkaTools tools)
            throws Exception {
        for (Workload workload : workloads) {
            for (int round = 1; round <= options.rounds(); round++) {
                for (Peer peer : chosen) {
                    session.measure(
                            workload.name(),
                            peer.name(),
                            round,
                            folder -> measure(session, workload, peer, folder, tools));
                }
            }
        }
    }

    private static Readings measure(
            Session session, Workload workload, Peer peer, Path folder, KafkaTools tools)
            throws Exception {
        Broker broker = peer.broker(folder);
        try (var run = new Run(broker, folder, session.scale(), tools, session::note)) {
            return workload.measure(run);
        }
    }

    private Peer peer(String name, String classPath) {
        return switch (name) {
            case "kafka" -> KafkaPeer.asItComes(classPath);
            case "kafka-flush" -> KafkaPeer.flushing(classPath);
            case "sinew" -> SinewPeer.asItComes(launcher());
            case "sinew-os" -> SinewPeer.trustingTheSystem(launcher());
            default ->
                    throw options.usage(
                            "there is no peer \"%s\"; there are kafka, kafka-flush, sinew, sinew-os"
                                    .formatted(name));
        };
    }

    private Path launcher() {
        if (!Files.isExecutable(launcher)) {
            throw options.usage(
                    ("%s is not there; run in the project's folder, or name Sinew's "
                                    + "launcher with --sinew")
                            .formatted(launcher));
        }
        return launcher;
    }
}
