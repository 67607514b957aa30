package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.ReadWaits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The door for Kafka clients: takes connections and serves each on two virtual threads of its own.
public final class KafkaDoor implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(KafkaDoor.class.getName());

    /// Connections that the system may hold before they are taken.
    private static final int BACKLOG = 512;

    private static final long IDLE_CHECK_MS = 1_000;

    /// How long connections may take to end when the door closes.
    private static final long CLOSE_MS = 5_000;

    private static final long CLOSE_LOOK_NANOS = 1_000_000;

    private final Broker broker;
    private final ServerSocketChannel server;
    private final DoorLimits limits;
    private final DoorCounts counts;
    private final DoorContext context;
    private final ReadWaits fetchWaits;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);

    private KafkaDoor(
            Broker broker,
            ServerSocketChannel server,
            Optional<InetSocketAddress> advertised,
            DoorLimits limits,
            Metrics metrics) {
        this.broker = broker;
        this.fetchWaits = broker.newReadWaits();
        this.server = server;
        this.limits = limits;
        this.counts = new DoorCounts(metrics);
        var charges = new Charges(broker.quotas());
        Apis apis =
                ServedApis.of(
                        broker,
                        new Node(broker.nodeId(), broker.clusterId(), advertised),
                        new FetchHandler(
                                broker, fetchWaits, limits.fetchMaxBytes(), counts, charges),
                        new ProduceHandler(broker, counts));
        var buffers = new RequestBuffers(limits.requestBufferBytes());
        this.context = new DoorContext(apis, buffers, limits, counts, charges, broker.clock());
        metrics.gauge(KafkaMetric.CONNECTIONS, this::connections);
    }

    /// Opens the door.
    ///
    /// @param address where to listen; port 0 for a free one
    /// @param advertised what clients are told to connect to; empty for what they connected to
    public static KafkaDoor open(
            Broker broker,
            InetSocketAddress address,
            Optional<InetSocketAddress> advertised,
            Metrics metrics)
            throws IOException {
        return open(broker, address, advertised, DoorLimits.of(broker.settings()), metrics);
    }

    /// Opens the door with bounds of its own.
    static KafkaDoor open(
            Broker broker,
            InetSocketAddress address,
            Optional<InetSocketAddress> advertised,
            DoorLimits limits,
            Metrics metrics)
            throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(address, BACKLOG);
        } catch (IOException | UnresolvedAddressException e) {
            server.close();
            throw unusable(address, e);
        }
        var door = new KafkaDoor(broker, server, advertised, limits, metrics);
        Thread.ofVirtual().name("sinew-kafka-accept").start(door::acceptUntilClosed);
        Thread.ofVirtual().name("sinew-kafka-idle").start(door::closeIdleUntilClosed);
        return door;
    }

    private static SinewException unusable(InetSocketAddress address, Exception cause) {
        String reason = address.isUnresolved() ? "there is no such host" : cause.getMessage();
        return new SinewException(
                ErrorCode.ADDRESS_UNAVAILABLE,
                "Cannot listen for Kafka on "
                        + address.getHostString()
                        + ":"
                        + address.getPort()
                        + ": "
                        + reason
                        + ". Choose another address, or stop the program that has this one",
                cause);
    }

    /// Where the door listens.
    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    /// Connections that are open now.
    int connections() {
        return connections.size();
    }

    private void acceptUntilClosed() {
        while (server.isOpen()) {
            try {
                accept(server.accept());
            } catch (IOException | RuntimeException | Error e) {
                // Out of memory, perhaps; whatever it was, connections are to be taken after it.
                if (server.isOpen()) {
                    LOGGER.log(System.Logger.Level.WARNING, "accept=failed", e);
                    pauseAfterFailure();
                }
            }
        }
    }

    /// Out of file descriptors, most likely: trying again at once would only spin.
    private void pauseAfterFailure() {
        try {
            closing.await(IDLE_CHECK_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Serves a connection, or closes it.
    private void accept(SocketChannel channel) throws IOException {
        boolean serving = false;
        try {
            serving = begin(channel);
        } finally {
            if (!serving) {
                channel.close();
            }
        }
    }

    private boolean begin(SocketChannel channel) throws IOException {
        if (connections.size() >= limits.maxConnections()) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "connection=refused reason=\"{0} connections are open, the most there may be"
                            + " (setting max.connections)\"",
                    limits.maxConnections());
            counts.refused();
            return false;
        }
        counts.accepted();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        var connection = new Connection(channel, context);
        connections.add(connection);
        boolean serving = false;
        try {
            // Who closes the door has seen the connection among the others, or is seen here.
            if (closing.getCount() > 0) {
                Thread.ofVirtual().name("sinew-kafka-read").start(() -> serve(connection));
                serving = true;
            }
        } finally {
            if (!serving) {
                connections.remove(connection);
            }
        }
        return serving;
    }

    private void serve(Connection connection) {
        try {
            connection.serve();
        } finally {
            connections.remove(connection);
        }
    }

    private void closeIdleUntilClosed() {
        try {
            while (!closing.await(IDLE_CHECK_MS, TimeUnit.MILLISECONDS)) {
                long now = broker.clock().nanos();
                connections.forEach(connection -> connection.closeIfIdle(now));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes no more connections and ends those there are; returns when their last requests are
    /// done.
    @Override
    public void close() throws IOException {
        closing.countDown();
        server.close();
        List.copyOf(connections).forEach(Connection::close);
        fetchWaits.endAll();
        long deadline = broker.clock().nanos() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MS);
        while (!connections.isEmpty() && broker.clock().nanos() < deadline) {
            LockSupport.parkNanos(CLOSE_LOOK_NANOS);
        }
    }
}
