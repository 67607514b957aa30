package io.sinew.server;

import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.Metrics;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.kafka.KafkaDoor;
import io.sinew.log.DataDirectory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/// A running Sinew: the data directory, the broker on it, the doors to it; opened in this order and
/// closed in the opposite one.
public final class SinewServer implements AutoCloseable {
    private final Broker broker;
    private final KafkaDoor kafka;

    private SinewServer(Broker broker, KafkaDoor kafka) {
        this.broker = broker;
        this.kafka = kafka;
    }

    /// Starts everything; ready when it returns.
    ///
    /// @throws io.sinew.base.SinewException `INVALID_CONFIG`, `DATA_DIRECTORY_LOCKED`,
    ///   `DATA_DIRECTORY_TOO_NEW`, `DAMAGED_DATA`
    public static SinewServer start(ServerConfig config) throws IOException {
        BrokerSettings settings = BrokerSettings.of(config.settings());
        var metrics = new Metrics();
        DataDirectory data =
                DataDirectory.open(
                        Disk.system(),
                        config.data().toAbsolutePath().normalize(),
                        freshClusterId());
        Broker broker;
        try {
            broker = Broker.open(data, settings, Clock.system(), metrics);
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
        try {
            KafkaDoor kafka = KafkaDoor.open(broker, config.kafka(), config.advertised(), metrics);
            return new SinewServer(broker, kafka);
        } catch (IOException | RuntimeException e) {
            broker.close();
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

    /// Where Kafka clients connect.
    public InetSocketAddress kafkaAddress() throws IOException {
        return kafka.address();
    }

    public String clusterId() {
        return broker.clusterId();
    }

    @Override
    public void close() throws IOException {
        kafka.close();
        broker.close();
    }
}
