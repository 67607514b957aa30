package io.sinew.cli;

import io.sinew.base.Clock;
import io.sinew.server.ClusterServer;
import io.sinew.server.SinewServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `sinew up`: the server, in this process, until Ctrl-C or SIGTERM. It then takes no more
/// requests, flushes everything and ends with exit code 0.
@Command(
        name = "up",
        description = {
            "Start Sinew, and run until Ctrl-C.",
            "A record that a client was told is written survives a power failure."
        },
        footer = {
            "%nThe configuration file (YAML; options win over it):",
            "  data: ./data",
            "  listen:",
            "    kafka: 127.0.0.1:9092",
            "    http: 127.0.0.1:8080",
            "  advertise: broker.example.com:9092",
            "  kafka:",
            "    num.partitions: 6",
            "or, on an existing Kafka cluster:",
            "  engine: kafka",
            "  cluster:",
            "    bootstrap: 10.0.0.7:9092,10.0.0.8:9092",
            "    client:",
            "      security.protocol: SSL",
            "  listen:",
            "    http: 10.0.0.1:8080",
            "  advertised-http: sinew1.example.com:8080"
        })
final class UpCommand implements Callable<Integer> {
    private static final System.Logger LOGGER = System.getLogger(UpCommand.class.getName());

    /// One line for each event: time, level, who, what.
    private static final String LOG_LINE = "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s %5$s%6$s%n";

    private static final String LOG_LINE_PROPERTY = "java.util.logging.SimpleFormatter.format";

    private final Terminal terminal;

    @Mixin private UpOptions options = new UpOptions();

    UpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (System.getProperty(LOG_LINE_PROPERTY) == null) {
            System.setProperty(LOG_LINE_PROPERTY, LOG_LINE);
        }
        ConfigFile file = options.file();
        AutoCloseable server =
                switch (options.engine(file)) {
                    case EMBEDDED -> start(options.embedded(file), terminal);
                    case KAFKA -> start(options.onCluster(file), terminal);
                };
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "sinew-stop"));
        new CountDownLatch(1).await();
        return ExitCode.DONE.number();
    }

    /// Starts a server and says so.
    static SinewServer start(UpConfig config, Terminal terminal) throws IOException {
        SinewServer server = SinewServer.start(config.forServer());
        printReady(server, config, terminal);
        return server;
    }

    private static ClusterServer start(ClusterUpConfig config, Terminal terminal)
            throws IOException, InterruptedException {
        ClusterServer server = ClusterServer.start(config.forServer());
        var out = terminal.out();
        printReady(terminal);
        out.println("  cluster     " + config.bootstrap());
        out.println("  http        http://" + HostPort.of(server.httpAddress()));
        config.advertisedHttp().ifPresent(told -> out.println("  advertised  http://" + told));
        out.println("  durability  the cluster's");
        if (config.advertisedHttp().isEmpty()
                && server.httpAddress().getAddress().isLoopbackAddress()) {
            out.println("  Only processes on this machine can share the work: --advertised-http.");
        }
        printEnd(server.httpAddress(), terminal);
        return server;
    }

    private static void printReady(Terminal terminal) {
        long nowMs = Clock.system().nowMs();
        long startMs = ManagementFactory.getRuntimeMXBean().getStartTime();
        terminal.out()
                .printf(Locale.ROOT, "Sinew is ready after %.2f s%n", (nowMs - startMs) / 1000.0);
    }

    private static void printEnd(InetSocketAddress address, Terminal terminal) {
        if (!address.getAddress().isLoopbackAddress()) {
            terminal.out()
                    .println("  Anybody who reaches this machine can connect, without a password.");
        }
        terminal.out().println("Ctrl-C stops it.");
        terminal.flush();
    }

    private static void printReady(SinewServer server, UpConfig config, Terminal terminal)
            throws IOException {
        var address = server.kafkaAddress();
        String durability = config.settings().getOrDefault("durability", "fsync");
        var out = terminal.out();
        printReady(terminal);
        out.println("  kafka       " + HostPort.of(address));
        config.advertise().ifPresent(told -> out.println("  advertised  " + told));
        server.httpAddress()
                .ifPresent(http -> out.println("  http        http://" + HostPort.of(http)));
        out.println("  data        " + config.data().toAbsolutePath().normalize());
        out.println(
                "  durability  "
                        + durability
                        + (durability.equals("fsync")
                                ? ": what is acknowledged survives a power failure"
                                : ": what is acknowledged survives a crash of this process only"));
        printEnd(address, terminal);
    }

    /// The virtual machine is ending because it was asked to. What comes after this would be its
    /// own code for the signal, as if something had failed.
    private void stop(AutoCloseable server) {
        ExitCode exitCode = ExitCode.DONE;
        try {
            server.close();
            terminal.out().println("Stopped; everything is flushed.");
        } catch (Exception e) {
            LOGGER.log(System.Logger.Level.ERROR, "stop=failed", e);
            exitCode = ExitCode.FAILED;
        }
        terminal.flush();
        Runtime.getRuntime().halt(exitCode.number());
    }
}
