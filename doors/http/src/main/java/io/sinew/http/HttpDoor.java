package io.sinew.http;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.service.registry.GlobalServiceRegistry;
import io.helidon.service.registry.ServiceRegistryConfig;
import io.helidon.service.registry.ServiceRegistryManager;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.sinew.base.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The door for HTTP/1.1: a virtual thread for each connection, a route file for each thing that
/// can be asked. The server is Helidon's.
public final class HttpDoor implements AutoCloseable {
    /// Helidon tells at level INFO what we tell ourselves. Kept, for loggers that nobody holds
    /// forget their level.
    private static final Logger HELIDON = Logger.getLogger("io.helidon");

    /// Connections that the system may hold before they are taken.
    private static final int BACKLOG = 128;

    private final InetSocketAddress address;
    private final WebServer server;
    private final MetricsRoutes metricsRoutes;

    private HttpDoor(InetSocketAddress address, WebServer server, MetricsRoutes metricsRoutes) {
        this.address = address;
        this.server = server;
        this.metricsRoutes = metricsRoutes;
    }

    /// Opens the door.
    ///
    /// @param address where to listen; port 0 for a free one
    /// @param health how the process is, asked at each `GET /health`, on any thread
    /// @throws IOException when the address can't be had, with what to do about it
    public static HttpDoor open(InetSocketAddress address, Supplier<Health> health, Metrics metrics)
            throws IOException {
        return open(address, health, metrics, HttpLimits.defaults());
    }

    static HttpDoor open(
            InetSocketAddress address, Supplier<Health> health, Metrics metrics, HttpLimits limits)
            throws IOException {
        requireFree(address);
        tameHelidon();
        var metricsRoutes = new MetricsRoutes(metrics);
        HttpRouting.Builder routes =
                HttpRouting.builder()
                        .register("/health", new HealthRoutes(health))
                        .register("/metrics", metricsRoutes)
                        .any(Problem.notFound("/health and /metrics"));
        WebServer server = server(address, limits, routes).start();
        if (!server.isRunning()) {
            throw unusable(address, new IOException("it was taken this moment"));
        }
        var bound = new InetSocketAddress(address.getAddress(), server.port());
        return new HttpDoor(bound, server, metricsRoutes);
    }

    private static WebServer server(
            InetSocketAddress address, HttpLimits limits, HttpRouting.Builder routes) {
        var direct = DirectHandlers.builder();
        for (EventType event : EventType.values()) {
            direct.addHandler(event, Problem.ofServer());
        }
        return WebServer.builder()
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .protocolsDiscoverServices(false)
                .addProtocol(
                        Http1Config.builder()
                                .maxPrologueLength(limits.maxRequestLineBytes())
                                .maxHeadersSize(limits.maxHeadersBytes())
                                .build())
                .mediaContext(MediaContext.builder().mediaSupportsDiscoverServices(false).build())
                .contentEncoding(
                        ContentEncodingContext.builder()
                                .contentEncodingsDiscoverServices(false)
                                .build())
                .bindAddress(address)
                .backlog(BACKLOG)
                .maxTcpConnections(limits.maxConnections())
                .maxPayloadSize(limits.maxBodyBytes())
                // The only kind of socket that knows of time-outs.
                .useNio(false)
                .connectionOptions(
                        new ImpatientOptions(SocketOptions.create(), limits.readTimeoutMs()))
                .shutdownGracePeriod(Duration.ofMillis(limits.closeMs()))
                .directHandlers(direct.build())
                .routing(routes)
                .build();
    }

    /// Helidon logs that it could not bind, and goes on as if nothing was wrong.
    private static void requireFree(InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw unusable(address, new IOException("there is no such host"));
        }
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            probe.bind(address);
        } catch (IOException e) {
            throw unusable(address, e);
        }
    }

    private static IOException unusable(InetSocketAddress address, IOException cause) {
        return new IOException(
                "Cannot listen for HTTP on "
                        + address.getHostString()
                        + ":"
                        + address.getPort()
                        + ": "
                        + cause.getMessage()
                        + ". Choose another address, or stop the program that has this one",
                cause);
    }

    /// Keeps Helidon from what costs much and gives nothing here: it would read descriptions from
    /// all jars to fill a registry of services, twice the time of all the rest, and 7 MB. That
    /// registry is one for the process; an application that has its own keeps it.
    private static synchronized void tameHelidon() {
        if (HELIDON.getLevel() == null) {
            HELIDON.setLevel(Level.WARNING);
        }
        if (!GlobalServiceRegistry.configured()) {
            ServiceRegistryConfig empty =
                    ServiceRegistryConfig.builder()
                            .discoverServices(false)
                            .discoverServicesFromServiceLoader(false)
                            .build();
            GlobalServiceRegistry.registry(() -> ServiceRegistryManager.create(empty).registry());
        }
    }

    /// Where the door listens.
    public InetSocketAddress address() {
        return address;
    }

    /// Takes no more requests; returns when those under way are done.
    @Override
    public void close() {
        server.stop();
        metricsRoutes.close();
    }
}
