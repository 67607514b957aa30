package io.sinew.cli;

import io.sinew.server.ServerConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `sinew up`, which win over the configuration file.
final class UpOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "A configuration file; see below.")
    private @Nullable Path config;

    @Option(
            names = "--engine",
            paramLabel = "embedded|kafka",
            description =
                    "Where topics are: in Sinew's own log, or in an existing Kafka cluster, which"
                            + " several Sinew processes then work on together. Default: embedded.")
    private @Nullable UpEngine engine;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description =
                    "Where GET /health, GET /metrics, work queues and topics over HTTP are. Default:"
                            + " 127.0.0.1:8080.")
    private @Nullable HostPort http;

    @Option(
            names = "--http-connections",
            paramLabel = "N",
            description =
                    "How many clients may be connected to --http at a time; each that waits or"
                            + " follows a topic is one. Default: "
                            + ServerConfig.HTTP_CONNECTIONS
                            + ".")
    private @Nullable Integer httpConnections;

    // ---- embedded

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR",
            description = "Where the data is; made if it is not there. Default: data.")
    private @Nullable Path data;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description =
                    "Where Kafka clients connect; port 0 for a free one. Default: 127.0.0.1:9092,"
                            + " which only this machine reaches; 0.0.0.0:9092 for everybody.")
    private @Nullable HostPort kafka;

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

    // ---- on a cluster

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description =
                    "With --engine kafka: some of the cluster's brokers, separated by commas.")
    private @Nullable String bootstrap;

    @Option(
            names = "--client-config",
            paramLabel = "FILE",
            description =
                    "With --engine kafka: Kafka client properties, for clusters that want TLS or a"
                            + " password: security.protocol=…")
    private @Nullable Path clientConfig;

    @Option(
            names = "--advertised-http",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description =
                    "With --engine kafka: where the other Sinew processes reach this one's --http,"
                            + " if that is not the address itself.")
    private @Nullable HostPort advertisedHttp;

    ConfigFile file() {
        return config == null ? ConfigFile.none() : ConfigFile.read(config);
    }

    UpEngine engine(ConfigFile file) {
        return first(engine, file.engine()).orElse(UpEngine.EMBEDDED);
    }

    /// What an embedded engine starts with.
    ///
    /// @throws CommandException `USAGE` when something belongs to the other engine
    UpConfig embedded(ConfigFile file) {
        refuse(UpEngine.KAFKA, "--bootstrap", first(bootstrap, file.bootstrap()).isPresent());
        refuse(UpEngine.KAFKA, "--client-config", clientConfig != null || !file.client().isEmpty());
        refuse(
                UpEngine.KAFKA,
                "--advertised-http",
                first(advertisedHttp, file.advertisedHttp()).isPresent());
        var all = new LinkedHashMap<>(file.settings());
        all.putAll(settings);
        return new UpConfig(
                first(data, file.data()).orElse(UpConfig.DATA),
                first(kafka, file.kafka()).orElse(UpConfig.KAFKA),
                first(http, file.http()).orElse(UpConfig.HTTP),
                first(httpConnections, file.httpConnections())
                        .orElse(ServerConfig.HTTP_CONNECTIONS),
                first(advertise, file.advertise()),
                all);
    }

    /// What an engine on a cluster starts with.
    ///
    /// @throws CommandException `USAGE` as [#embedded], or when no cluster is named
    ClusterUpConfig onCluster(ConfigFile file) {
        refuse(UpEngine.EMBEDDED, "--data", first(data, file.data()).isPresent());
        refuse(UpEngine.EMBEDDED, "--kafka", first(kafka, file.kafka()).isPresent());
        refuse(UpEngine.EMBEDDED, "--advertise", first(advertise, file.advertise()).isPresent());
        refuse(UpEngine.EMBEDDED, "--set", !settings.isEmpty() || !file.settings().isEmpty());
        String cluster =
                first(bootstrap, file.bootstrap())
                        .orElseThrow(() ->
                                new CommandException(
                                        ExitCode.USAGE,
                                        "which cluster? --engine kafka needs --bootstrap"
                                                + " HOST:PORT"));
        var client = new LinkedHashMap<>(file.client());
        if (clientConfig != null) {
            var properties = BootstrapOptions.properties(clientConfig);
            properties
                    .stringPropertyNames()
                    .forEach(name -> client.put(name, properties.getProperty(name)));
        }
        return new ClusterUpConfig(
                cluster,
                client,
                first(http, file.http()).orElse(UpConfig.HTTP),
                first(httpConnections, file.httpConnections())
                        .orElse(ServerConfig.HTTP_CONNECTIONS),
                first(advertisedHttp, file.advertisedHttp()));
    }

    private static void refuse(UpEngine belongs, String option, boolean given) {
        if (given) {
            String reason =
                    switch (belongs) {
                        case EMBEDDED -> "the cluster has the data and the Kafka clients";
                        case KAFKA -> "without it the data is in Sinew's own log";
                    };
            throw new CommandException(
                    ExitCode.USAGE,
                    option
                            + " (or its key in the configuration file) goes with --engine "
                            + belongs.text()
                            + " only: "
                            + reason);
        }
    }

    private static <T> Optional<T> first(@Nullable T option, Optional<T> inFile) {
        return Optional.ofNullable(option).or(() -> inFile);
    }
}
