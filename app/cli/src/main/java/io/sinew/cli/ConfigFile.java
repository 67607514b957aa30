package io.sinew.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The file of `sinew up --config FILE`, in YAML; all keys may be left out, and the options of the
/// command line win over it:
///
/// ```yaml
/// data: ./data                      # --data; as seen from the folder that sinew is started in
/// listen:
///   kafka: 127.0.0.1:9092           # --kafka
///   http: 127.0.0.1:8080            # --http
/// http-connections: 10000           # --http-connections
/// advertise: broker.example.com:9092   # --advertise
/// kafka:                            # --set, by Kafka's own names
///   num.partitions: 6
///   log.retention.ms: 86400000
/// ```
///
/// or, for an existing Kafka cluster:
///
/// ```yaml
/// engine: kafka                     # --engine
/// cluster:
///   bootstrap: 10.0.0.7:9092        # --bootstrap
///   client:                         # --client-config, by Kafka's own names
///     security.protocol: SSL
/// listen:
///   http: 10.0.0.1:8080             # --http
/// advertised-http: sinew1.example.com:8080   # --advertised-http
/// ```
///
/// @param engine where topics are
/// @param data the data directory
/// @param kafka where Kafka clients connect
/// @param http where the HTTP door is
/// @param httpConnections how many clients may be connected to it
/// @param advertise what Kafka clients are told to connect to
/// @param settings broker settings by Kafka's names
/// @param bootstrap brokers of the cluster
/// @param client properties for Kafka clients
/// @param advertisedHttp where other processes reach the HTTP door
record ConfigFile(
        Optional<UpEngine> engine,
        Optional<Path> data,
        Optional<HostPort> kafka,
        Optional<HostPort> http,
        Optional<Integer> httpConnections,
        Optional<HostPort> advertise,
        Map<String, String> settings,
        Optional<String> bootstrap,
        Map<String, String> client,
        Optional<HostPort> advertisedHttp) {
    private static final Set<String> KEYS =
            Set.of(
                    "engine",
                    "data",
                    "listen",
                    "http-connections",
                    "advertise",
                    "kafka",
                    "cluster",
                    "advertised-http");
    private static final Set<String> CLUSTER_KEYS = Set.of("bootstrap", "client");
    private static final Set<String> LISTEN_KEYS = Set.of("kafka", "http");

    ConfigFile {
        settings = Map.copyOf(settings);
        client = Map.copyOf(client);
    }

    /// Nothing is configured.
    static ConfigFile none() {
        return new ConfigFile(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Map.of(),
                Optional.empty());
    }

    /// Reads a file.
    ///
    /// @throws CommandException `USAGE`, naming the key and what is wrong with it
    static ConfigFile read(Path file) {
        Map<?, ?> top = section(file, "the file", tree(file));
        refuseUnknown(file, "", top, KEYS);
        Map<?, ?> listen = section(file, "listen", top.get("listen"));
        refuseUnknown(file, "listen.", listen, LISTEN_KEYS);
        Map<?, ?> cluster = section(file, "cluster", top.get("cluster"));
        refuseUnknown(file, "cluster.", cluster, CLUSTER_KEYS);
        return new ConfigFile(
                scalar(file, "engine", top.get("engine")).map(text -> engine(file, text)),
                scalar(file, "data", top.get("data")).map(Path::of),
                address(file, "listen.kafka", listen.get("kafka")),
                address(file, "listen.http", listen.get("http")),
                number(file, "http-connections", top.get("http-connections")),
                address(file, "advertise", top.get("advertise")),
                texts(file, "kafka", top.get("kafka")),
                scalar(file, "cluster.bootstrap", cluster.get("bootstrap")),
                texts(file, "cluster.client", cluster.get("client")),
                address(file, "advertised-http", top.get("advertised-http")));
    }

    private static Map<String, String> texts(Path file, String name, @Nullable Object value) {
        var texts = new LinkedHashMap<String, String>();
        section(file, name, value)
                .forEach((key, text) ->
                        texts.put(
                                String.valueOf(key),
                                scalar(file, name + ": " + key, text).orElse("")));
        return texts;
    }

    private static UpEngine engine(Path file, String text) {
        return Arrays.stream(UpEngine.values())
                .filter(engine -> engine.text().equals(text))
                .findFirst()
                .orElseThrow(
                        () -> refused(file, "engine is embedded or kafka, not '" + text + "'"));
    }

    private static @Nullable Object tree(Path file) {
        try {
            var strict =
                    YAMLFactory.builder()
                            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            .build();
            String text = Files.readString(file);
            return text.isBlank() ? null : new YAMLMapper(strict).readValue(text, Object.class);
        } catch (IOException e) {
            throw refused(file, "it cannot be read: " + e);
        } catch (JacksonException e) {
            var place = e.getLocation();
            throw refused(
                    file,
                    "line "
                            + (place == null ? "?" : Integer.toString(place.getLineNr()))
                            + ": "
                            + e.getOriginalMessage().lines().findFirst().orElse("not YAML"));
        }
    }

    private static Map<?, ?> section(Path file, String name, @Nullable Object value) {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        String hint =
                name.equals("kafka")
                        ? " (settings by Kafka's names; the address is listen.kafka)"
                        : "";
        throw refused(file, name + " must hold keys and values" + hint);
    }

    private static void refuseUnknown(
            Path file, String prefix, Map<?, ?> section, Set<String> known) {
        for (Object key : section.keySet()) {
            if (!known.contains(String.valueOf(key))) {
                throw refused(
                        file,
                        "there is no key "
                                + prefix
                                + key
                                + "; known are "
                                + String.join(", ", new TreeSet<>(known))
                                + ". Broker settings stand under kafka:");
            }
        }
    }

    private static Optional<HostPort> address(Path file, String key, @Nullable Object value) {
        return scalar(file, key, value)
                .map(text -> {
                    try {
                        return HostPort.parse(text);
                    } catch (IllegalArgumentException e) {
                        throw refused(file, key + ": " + e.getMessage());
                    }
                });
    }

    private static Optional<Integer> number(Path file, String key, @Nullable Object value) {
        return scalar(file, key, value)
                .map(text -> {
                    if (!text.matches("[0-9]{1,9}")) {
                        throw refused(file, key + " is a whole number, not '" + text + "'");
                    }
                    return Integer.valueOf(text);
                });
    }

    private static Optional<String> scalar(Path file, String key, @Nullable Object value) {
        if (value instanceof Map<?, ?> || value instanceof Iterable<?>) {
            throw refused(file, key + " must be one value");
        }
        return Optional.ofNullable(value).map(String::valueOf);
    }

    private static CommandException refused(Path file, String message) {
        return new CommandException(ExitCode.USAGE, file + ": " + message);
    }
}
