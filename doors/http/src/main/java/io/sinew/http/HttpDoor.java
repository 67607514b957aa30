package io.sinew.http;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.service.registry.GlobalServiceRegistry;
import io.helidon.service.registry.ServiceRegistryConfig;
import io.helidon.service.registry.ServiceRegistryManager;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// The door for HTTP/1.1: a virtual thread for each connection, a route file for each thing that
/// can be asked. The server is Helidon's.
public final class HttpDoor implements AutoCloseable {
    /// Helidon tells at level INFO what we tell ourselves. Kept, for loggers that nobody holds
    /// forget their level.
    private static final Logger HELIDON = Logger.getLogger("io.helidon");

    /// Clients that may be connected at a time, unless it is said otherwise. What one costs is in
    /// [HttpLimits].
    public static final int CONNECTIONS = 10_000;

    private static final int CONNECTIONS_MAX = 1_000_000;

    /// Connections that the system may hold before they are taken.
    private static final int BACKLOG = 128;

    private final InetSocketAddress address;
    private final WebServer server;

    /// What is closed before the server is, in this order: waits, then what is inside the engine.
    private final List<Runnable> early;

    private final MetricsRoutes metricsRoutes;
    private final TopicRoutes topicRoutes;

    private HttpDoor(
            InetSocketAddress address,
            WebServer server,
            List<Runnable> early,
            MetricsRoutes metricsRoutes,
            TopicRoutes topicRoutes) {
        this.address = address;
        this.server = server;
        this.early = early;
        this.metricsRoutes = metricsRoutes;
        this.topicRoutes = topicRoutes;
    }

    /// Opens the door.
    ///
    /// @param address where to listen; port 0 for a free one
    /// @param contents what is behind it; stays open when the door closes
    /// @param connections how many clients may be connected at a time
    /// @throws IOException when the address can't be had, with what to do about it
    public static HttpDoor open(InetSocketAddress address, HttpContents contents, int connections)
            throws IOException {
        return open(address, contents, HttpLimits.defaults(connections));
    }

    /// Refuses a number of connections that can't be.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public static void requireConnections(int connections) {
        if (connections < 1 || connections > CONNECTIONS_MAX) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "The HTTP door has 1 to "
                            + CONNECTIONS_MAX
                            + " connections, not "
                            + connections);
        }
    }

    static HttpDoor open(InetSocketAddress address, HttpContents contents, HttpLimits limits) {
        requireFree(address);
        tameHelidon();
        Callers callers = callers(limits);
        var metricsRoutes = new MetricsRoutes(contents.metrics());
        RouteContext context = RouteContext.of(contents, callers, limits);
        var topicRoutes = new TopicRoutes(context);
        HttpRouting.Builder routes =
                HttpRouting.builder()
                        .addFilter(HttpDoor::closeIfAsked)
                        .addFilter((chain, request, _) -> refuseLarge(chain, request, limits));
        List<RouteTable> tables = tables(context, metricsRoutes, topicRoutes);
        for (RouteTable table : tables) {
            routes.register(table.root(), rules -> Route.serve(rules, table));
        }
        routes.any(Problem.notFound(roots(tables)));
        WebServer server = server(address, limits, routes, callers).start();
        if (!server.isRunning()) {
            throw unusable(address, new BindException("it was taken this moment"));
        }
        var bound = new InetSocketAddress(address.getAddress(), server.port());
        return new HttpDoor(
                bound,
                server,
                List.of(topicRoutes::close, context.calls()::close, context.peers()::close),
                metricsRoutes,
                topicRoutes);
    }

    /// All that the door serves, and so all that its description has.
    static List<RouteTable> tables(
            RouteContext context, MetricsRoutes metricsRoutes, TopicRoutes topicRoutes) {
        Supplier<Health> health = context.contents().health();
        List<RouteTable> tables =
                List.of(
                        new HealthRoutes(health),
                        metricsRoutes,
                        new QueueRoutes(context),
                        topicRoutes,
                        new SubscriptionRoutes(context, topicRoutes));
        return Stream.concat(tables.stream(), Stream.of(new OpenApiRoutes(health, tables)))
                .toList();
    }

    /// Where there is something, as a sentence has it.
    private static String roots(List<RouteTable> tables) {
        List<String> roots = tables.stream().map(RouteTable::root).distinct().sorted().toList();
        int last = roots.size() - 1;
        return String.join(", ", roots.subList(0, last)) + " and " + roots.get(last);
    }

    static Callers callers(HttpLimits limits) {
        Http1Config http1 =
                Http1Config.builder()
                        .maxPrologueLength(limits.maxRequestLineBytes())
                        .maxHeadersSize(limits.maxHeadersBytes())
                        .build();
        return new Callers(Http1ConnectionSelector.builder().config(http1).build(), limits);
    }

    private static WebServer server(
            InetSocketAddress address,
            HttpLimits limits,
            HttpRouting.Builder routes,
            Callers callers) {
        var direct = DirectHandlers.builder();
        for (EventType event : EventType.values()) {
            direct.addHandler(event, Problem.ofServer());
        }
        return WebServer.builder()
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .protocolsDiscoverServices(false)
                .addConnectionSelector(callers)
                .mediaContext(MediaContext.builder().mediaSupportsDiscoverServices(false).build())
                .contentEncoding(
                        ContentEncodingContext.builder()
                                .contentEncodingsDiscoverServices(false)
                                .build())
                .bindAddress(address)
                .backlog(BACKLOG)
                .maxTcpConnections(limits.maxConnections())
                // The routes that take less are kept to it by a filter.
                .maxPayloadSize(HttpLimits.MESSAGES_BODY_BYTES)
                // The only kind of socket that knows of time-outs.
                .useNio(false)
                .connectionOptions(
                        new ImpatientOptions(
                                SocketOptions.create(), limits.readTimeoutMs(), callers))
                .shutdownGracePeriod(Duration.ofMillis(limits.closeMs()))
                .directHandlers(direct.build())
                .routing(routes)
                .build();
    }

    /// Closes a connection after the answer when its client asked for that (RFC 9112, 9.6); Helidon
    /// would go on reading from it.
    private static void closeIfAsked(
            FilterChain chain, RoutingRequest request, RoutingResponse response) {
        chain.proceed();
        if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("the client asked for it");
        }
    }

    /// Refuses a body that is announced as too large before anything of it is read.
    private static void refuseLarge(FilterChain chain, RoutingRequest request, HttpLimits limits) {
        long announced = request.headers().contentLength().orElse(0);
        String path = request.path().rawPath();
        if (announced > limits.maxBodyBytes()
                && !QueueRoutes.takesMessages(path)
                && !TopicRoutes.takesRecords(path)
                && !SubscriptionRoutes.takesFilter(path)) {
            throw new HttpException(
                    "the body is too large", Status.REQUEST_ENTITY_TOO_LARGE_413, false);
        }
        chain.proceed();
    }

    /// Helidon logs that it could not bind, and goes on as if nothing was wrong.
    private static void requireFree(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw unusable(address, new UnknownHostException("there is no such host"));
        }
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            probe.bind(address);
        } catch (IOException e) {
            throw unusable(address, e);
        }
    }

    private static SinewException unusable(InetSocketAddress address, IOException cause) {
        return new SinewException(
                ErrorCode.ADDRESS_UNAVAILABLE,
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

    /// Partitions that are read for those who follow them, for tests.
    int followedPartitions() {
        return topicRoutes.followedPartitions();
    }

    /// Takes no more requests; returns when those under way are done.
    @Override
    public void close() {
        early.forEach(Runnable::run);
        server.stop();
        metricsRoutes.close();
    }
}
