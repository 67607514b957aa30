package io.sinew.server;

import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.Metrics;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.http.HttpContents;
import io.sinew.http.HttpDoor;
import io.sinew.kafka.KafkaDoor;
import io.sinew.log.DataDirectory;
import io.sinew.pubsub.EndpointRules;
import io.sinew.pubsub.Subscriptions;
import io.sinew.queue.Queues;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/// A running Sinew: the data directory, the broker on it, the Kafka door to it, its engine for
/// patterns, the queues and the subscriptions on that, and the HTTP door to them; opened in this
/// order and closed in the opposite one. Engine and queues do nothing until somebody asks for a
/// queue; subscriptions are at work from the beginning.
public final class SinewServer implements AutoCloseable {
    private final Broker broker;
    private final KafkaDoor kafka;
    private final Patterns patterns;
    private final Optional<HttpDoor> http;

    private SinewServer(
            Broker broker, KafkaDoor kafka, Patterns patterns, Optional<HttpDoor> http) {
        this.broker = broker;
        this.kafka = kafka;
        this.patterns = patterns;
        this.http = http;
    }

    /// What the patterns work with.
    private record Patterns(EmbeddedEngine engine, Queues queues, Subscriptions subscriptions)
            implements AutoCloseable {
        static Patterns on(
                Broker broker,
                InetSocketAddress address,
                Clock clock,
                EndpointRules endpoints,
                Metrics metrics)
                throws IOException {
            var engine = new EmbeddedEngine(broker, UUID::randomUUID);
            String here = address.getHostString() + ":" + address.getPort();
            try {
                var subscriptions = Subscriptions.open(engine, clock, here, endpoints, metrics);
                return new Patterns(engine, new Queues(engine, clock, here), subscriptions);
            } catch (InterruptedException e) {
                engine.close();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while subscriptions were opened");
            } catch (RuntimeException e) {
                engine.close();
                throw e;
            }
        }

        @Override
        public void close() {
            subscriptions.close();
            queues.close();
            engine.close();
        }
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
                Patterns patterns =
                        Patterns.on(broker, kafka.address(), clock, config.endpoints(), metrics);
                try {
                    var contents =
                            new HttpContents(
                                    new HealthSource(broker, clock),
                                    metrics,
                                    patterns.engine(),
                                    patterns.queues(),
                                    patterns.subscriptions(),
                                    false,
                                    new ReceiptKeyV1Format(disk, Path.of(broker.dataDirectory())),
                                    clock);
                    Optional<HttpDoor> http =
                            config.http().isPresent()
                                    ? Optional.of(
                                            HttpDoor.open(
                                                    config.http().get(),
                                                    contents,
                                                    config.httpConnections()))
                                    : Optional.empty();
                    return new SinewServer(broker, kafka, patterns, http);
                } catch (IOException | RuntimeException e) {
                    patterns.close();
                    throw e;
                }
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

    /// Where the HTTP door is.
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
                kafka;
                patterns) {
            http.ifPresent(HttpDoor::close);
        }
    }
}
