package io.sinew.cli;

import io.sinew.base.Clock;
import io.sinew.server.SinewServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
            "    num.partitions: 6"
        })
final class UpCommand implements Callable<Integer> {
    private static final System.Logger LOGGER = System.getLogger(UpCommand.class.getName());

    /// One line for each event: time, level, who, what.
    private static final String LOG_LINE = "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s %5$s%6$s%n";

    private static final String LOG_LINE_PROPERTY = "java.util.logging.SimpleFormatter.format";

    private final Terminal terminal;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR",
            description = "Where the data is; made if it is not there. Default: data.")
    private @Nullable Path data;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "A configuration file; see below.")
    private @Nullable Path config;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description =
                    "Where Kafka clients connect; port 0 for a free one. Default: 127.0.0.1:9092,"
                            + " which only this machine reaches; 0.0.0.0:9092 for everybody.")
    private @Nullable HostPort kafka;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "Where GET /health and GET /metrics are. Default: 127.0.0.1:8080.")
    private @Nullable HostPort http;

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description =
                    "What Kafka clients are told to connect to, where that is not the address they"
                            + " used first.")
    private @Nullable HostPort advertise;

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "A broker setting by Kafka's name: num.partitions=6.")
    private Map<String, String> settings = new LinkedHashMap<>();

    UpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (System.getProperty(LOG_LINE_PROPERTY) == null) {
            System.setProperty(LOG_LINE_PROPERTY, LOG_LINE);
        }
        UpConfig wanted = merged(config == null ? ConfigFile.none() : ConfigFile.read(config));
        SinewServer server = start(wanted, terminal);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "sinew-stop"));
        new CountDownLatch(1).await();
        return ExitCode.DONE.number();
    }

    private UpConfig merged(ConfigFile file) {
        var all = new LinkedHashMap<>(file.settings());
        all.putAll(settings);
        return new UpConfig(
                first(data, file.data()).orElse(UpConfig.DATA),
                first(kafka, file.kafka()).orElse(UpConfig.KAFKA),
                first(http, file.http()).orElse(UpConfig.HTTP),
                first(advertise, file.advertise()),
                all);
    }

    private static <T> Optional<T> first(@Nullable T option, Optional<T> inFile) {
        return Optional.ofNullable(option).or(() -> inFile);
    }

    /// Starts a server and says so.
    static SinewServer start(UpConfig config, Terminal terminal) throws IOException {
        SinewServer server = SinewServer.start(config.forServer());
        printReady(server, config, terminal);
        return server;
    }

    private static void printReady(SinewServer server, UpConfig config, Terminal terminal)
            throws IOException {
        long nowMs = Clock.system().nowMs();
        long startMs = ManagementFactory.getRuntimeMXBean().getStartTime();
        var address = server.kafkaAddress();
        String durability = config.settings().getOrDefault("durability", "fsync");
        var out = terminal.out();
        out.printf(Locale.ROOT, "Sinew is ready after %.2f s%n", (nowMs - startMs) / 1000.0);
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
        if (!address.getAddress().isLoopbackAddress()) {
            out.println("  Anybody who reaches this machine can connect, without a password.");
        }
        out.println("Ctrl-C stops it.");
        terminal.flush();
    }

    /// The virtual machine is ending because it was asked to. What comes after this would be its
    /// own code for the signal, as if something had failed.
    private void stop(SinewServer server) {
        ExitCode exitCode = ExitCode.DONE;
        try {
            server.close();
            terminal.out().println("Stopped; everything is flushed.");
        } catch (IOException | RuntimeException e) {
            LOGGER.log(System.Logger.Level.ERROR, "stop=failed", e);
            exitCode = ExitCode.FAILED;
        }
        terminal.flush();
        Runtime.getRuntime().halt(exitCode.number());
    }
}
