package io.sinew.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `./dev bench queue`: queues, each as durable as it can be made, under one driver.
@Command(
        name = "queue",
        description = "Publish, receive, acknowledge: the queues people use, in one run.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class QueueBench implements Callable<Integer> {
    @Mixin private BenchOptions options = new BenchOptions();

    @Option(
            names = "--peers",
            split = ",",
            description = "Who is measured, in this order; all of them if none is named.")
    private List<String> peers = List.of();

    @Option(
            names = "--pin",
            description = "Server and driver on cores of their own, where there is taskset.",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true")
    private boolean pin;

    @Option(
            names = "--prove-sync",
            description = "First count the syncs of each server with strace.")
    private boolean proveSync;

    @Override
    public Integer call() throws Exception {
        List<QueueWorkload> workloads = workloads();
        if (options.list()) {
            var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            workloads.forEach(w -> out.printf("%-20s %s%n", w.name(), w.meaning()));
            return 0;
        }
        List<QueuePeer> chosen = chosen(QueuePeers.all(options.kafkaClassPath()));
        Optional<Placement> placement = pin ? Placement.halves() : Optional.empty();
        try (var session = new Session(options, scale())) {
            session.note(said(placement));
            session.measureDisk(QueueSuite.disk());
            session.fillMemory();
            workloads.forEach(workload -> session.meaning(workload.name(), workload.meaning()));
            measureAll(session, workloads, present(session, chosen), placement);
            return session.finish("queue", chosen, QueueSuite.bars());
        }
    }

    private List<QueueWorkload> workloads() {
        var all = new ArrayList<QueueWorkload>();
        if (proveSync) {
            if (!Programs.installed("strace")) {
                throw options.usage("--prove-sync needs strace: apt-get install strace");
            }
            all.add(new SyncProofWorkload());
        }
        all.addAll(QueueSuite.workloads());
        return all.stream().filter(workload -> options.chosen(workload.name())).toList();
    }

    private Scale scale() {
        return options.quick()
                ? Scale.quick(options.recordsScale() / QueueSuite.QUICK_DIVISOR)
                : Scale.full(options.recordsScale()).measured(QueueSuite.MEASURED);
    }

    private List<QueuePeer> chosen(List<QueuePeer> all) {
        if (peers.isEmpty()) {
            return all;
        }
        return peers.stream().map(name -> named(name, all)).toList();
    }

    private QueuePeer named(String name, List<QueuePeer> all) {
        return all.stream()
                .filter(peer -> peer.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        options.usage(
                                "there is no peer \"%s\"; there are %s"
                                        .formatted(
                                                name,
                                                String.join(
                                                        ", ",
                                                        all.stream()
                                                                .map(Subject::name)
                                                                .toList()))));
    }

    /// Those that can be measured here; the others are named in the report.
    private static List<QueuePeer> present(Session session, List<QueuePeer> chosen) {
        var present = new ArrayList<QueuePeer>();
        for (QueuePeer peer : chosen) {
            peer.missing()
                    .ifPresentOrElse(
                            reason -> session.fail("all workloads", peer.name(), 1, reason),
                            () -> present.add(peer));
        }
        return present;
    }

    private void measureAll(
            Session session,
            List<QueueWorkload> workloads,
            List<QueuePeer> present,
            Optional<Placement> placement)
            throws Exception {
        for (QueueWorkload workload : workloads) {
            for (int round = 1; round <= options.rounds(); round++) {
                for (QueuePeer peer : present) {
                    session.measure(
                            workload.name(),
                            peer.name(),
                            round,
                            folder -> measure(session, workload, peer, folder, placement));
                }
            }
        }
    }

    private static Readings measure(
            Session session,
            QueueWorkload workload,
            QueuePeer peer,
            Path folder,
            Optional<Placement> placement)
            throws Exception {
        try (QueueSystem system = started(peer, folder, placement)) {
            session.note("`%s`: %s".formatted(peer.name(), system.describe()));
            var run = new QueueRun(system, peer.name(), folder, session.scale(), session::note);
            return workload.measure(run);
        } finally {
            if (placement.isPresent()) {
                placement.get().toAll();
            }
        }
    }

    /// A system that runs on the server's cores, if it is a process, while the driver runs on its
    /// own.
    private static QueueSystem started(QueuePeer peer, Path folder, Optional<Placement> placement)
            throws Exception {
        if (placement.isEmpty() || peer.inDriver()) {
            return peer.start(folder);
        }
        placement.get().toServer();
        QueueSystem system = peer.start(folder);
        placement.get().toDriver();
        return system;
    }

    private static String said(Optional<Placement> placement) {
        return placement
                .map(p ->
                        ("servers ran on core %s and the driver on core %s (taskset); a queue in"
                                        + " the driver's JVM has all of %s, together with the driver")
                                .formatted(p.server(), p.driver(), p.all()))
                .orElse("servers and driver shared all cores (no taskset, or --no-pin)");
    }
}
