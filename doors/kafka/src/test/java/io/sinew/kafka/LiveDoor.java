package io.sinew.kafka;

import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.Metrics;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.log.DataDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// A broker on a directory and a door to it on a free port of this machine, and Kafka's own clients
/// for it.
final class LiveDoor implements AutoCloseable {
    private final Disk disk;
    private final Path directory;
    private final BrokerSettings settings;
    private final Optional<DoorLimits> limits;
    private Broker broker;
    private KafkaDoor door;
    private int opened;

    private LiveDoor(
            Disk disk, Path directory, BrokerSettings settings, Optional<DoorLimits> limits)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.settings = settings;
        this.limits = limits;
        this.broker = openBroker();
        this.door = openDoor(0);
    }

    static LiveDoor open(Path directory) throws IOException {
        return open(directory, Map.of());
    }

    static LiveDoor open(Path directory, Map<String, String> settings) throws IOException {
        return new LiveDoor(
                Disk.system(), directory, BrokerSettings.of(settings), Optional.empty());
    }

    static LiveDoor open(Path directory, DoorLimits limits) throws IOException {
        return new LiveDoor(
                Disk.system(), directory, BrokerSettings.defaults(), Optional.of(limits));
    }

    /// On a disk that does what a test wants.
    static LiveDoor on(Disk disk) throws IOException {
        return new LiveDoor(disk, Path.of("/data"), BrokerSettings.defaults(), Optional.empty());
    }

    private Broker openBroker() throws IOException {
        // The first of these ids stays the cluster's.
        String freshClusterId = "test-cluster-id-%06d".formatted(opened++);
        DataDirectory data = DataDirectory.open(disk, directory, freshClusterId);
        return Broker.open(data, settings, Clock.system(), new Metrics());
    }

    private KafkaDoor openDoor(int port) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return KafkaDoor.open(
                broker,
                address,
                Optional.empty(),
                limits.orElseGet(() -> DoorLimits.of(settings)),
                new Metrics());
    }

    /// Stops everything in order and starts it again, on the same port.
    void restart() throws IOException {
        int port = door.address().getPort();
        close();
        broker = openBroker();
        door = openDoor(port);
    }

    /// Connections that are open now.
    int connections() {
        return door.connections();
    }

    Broker broker() {
        return broker;
    }

    InetSocketAddress address() throws IOException {
        return door.address();
    }

    String bootstrap() throws IOException {
        return "127.0.0.1:" + door.address().getPort();
    }

    Admin admin() throws IOException {
        return Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    KafkaProducer<String, String> producer(Map<String, Object> config) throws IOException {
        var all = new HashMap<>(config);
        all.put("bootstrap.servers", bootstrap());
        return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
    }

    KafkaConsumer<String, String> consumer(Map<String, Object> config) throws IOException {
        var all = new HashMap<>(config);
        all.put("bootstrap.servers", bootstrap());
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    @Override
    public void close() throws IOException {
        door.close();
        broker.close();
    }
}
