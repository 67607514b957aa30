package io.sinew.server;

import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.Metrics;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.http.HttpDoor;
import io.sinew.kafka.KafkaDoor;
import io.sinew.log.DataDirectory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/// A running Sinew: the data directory, the broker on it, the doors to it; opened in this order and
/// closed in the opposite one.
public final class SinewServer implements AutoCloseable {
    private final Broker broker;
    private final KafkaDoor kafka;
    private final Optional<HttpDoor> http;

    private SinewServer(Broker broker, KafkaDoor kafka, Optional<HttpDoor> http) {
        this.broker = broker;
        this.kafka = kafka;
        this.http = http;
    }

    /// Starts everything; ready when it returns. Kafka clients are served before that, while the
    /// HTTP door is still being opened.
    ///
    /// @throws io.sinew.base.SinewException `INVALID_CONFIG`, `DATA_DIRECTORY_LOCKED`,
    ///   `DATA_DIRECTORY_TOO_NEW`, `DAMAGED_DATA`, `ADDRESS_UNAVAILABLE`; then nothing is left open
    public static SinewServer start(ServerConfig config) throws IOException {
        return start(config, Disk.system(), Clock.system());
    }

    /// As [#start(ServerConfig)], on a disk and with a time that the caller chooses.
    static SinewServer start(ServerConfig config, Disk disk, Clock clock) throws IOException {
        BrokerSettings settings = BrokerSettings.of(config.settings());
        var metrics = new Metrics();
        Broker broker = openBroker(disk, config.data(), settings, clock, metrics);
        try {
            KafkaDoor kafka = KafkaDoor.open(broker, config.kafka(), config.advertised(), metrics);
            try {
                var health = new HealthSource(broker, clock);
                Optional<HttpDoor> http =
                        config.http().isPresent()
                                ? Optional.of(HttpDoor.open(config.http().get(), health, metrics))
                                : Optional.empty();
                return new SinewServer(broker, kafka, http);
            } catch (IOException | RuntimeException e) {
                kafka.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    private static Broker openBroker(
            Disk disk, Path directory, BrokerSettings settings, Clock clock, Metrics metrics)
            throws IOException {
        DataDirectory data =
                DataDirectory.open(disk, directory.toAbsolutePath().normalize(), freshClusterId());
        try {
            return Broker.open(data, settings, clock, metrics);
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    /// A random id in the form that Kafka's tools print: 22 characters of URL-safe base 64.
    private static String freshClusterId() {
        UUID id = UUID.randomUUID();
        byte[] bytes =
                ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// The version of Sinew, or `development` when it does not run from its jars.
    public static String version() {
        String version = SinewServer.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /// Where Kafka clients connect.
    public InetSocketAddress kafkaAddress() throws IOException {
        return kafka.address();
    }

    /// Where `/health` and `/metrics` are.
    public Optional<InetSocketAddress> httpAddress() {
        return http.map(HttpDoor::address);
    }

    public String clusterId() {
        return broker.clusterId();
    }

    @Override
    public void close() throws IOException {
        // Each whatever becomes of the others: a broker that is not closed keeps its directory.
        try (broker;
                kafka) {
            http.ifPresent(HttpDoor::close);
        }
    }
}
