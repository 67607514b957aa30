package io.sinew.server;

import io.sinew.http.HttpDoor;
import io.sinew.pubsub.EndpointRules;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What a server is started with.
///
/// @param data the data directory; made when it is not there
/// @param kafka where Kafka clients connect; port 0 for a free one
/// @param advertised what Kafka clients are told to connect to; empty for the address they used
/// @param http where the HTTP door is; port 0 for a free one; empty for nowhere
/// @param httpConnections how many clients may be connected to it at a time
/// @param endpoints where messages may be pushed to
/// @param settings broker settings by Kafka's names; checked at start
public record ServerConfig(
        Path data,
        InetSocketAddress kafka,
        Optional<InetSocketAddress> advertised,
        Optional<InetSocketAddress> http,
        int httpConnections,
        EndpointRules endpoints,
        Map<String, String> settings) {
    /// How many clients may be connected to the HTTP door unless it is said otherwise.
    public static final int HTTP_CONNECTIONS = HttpDoor.CONNECTIONS;

    public ServerConfig {
        settings = Map.copyOf(settings);
        HttpDoor.requireConnections(httpConnections);
    }

    /// With as many HTTP connections as is usual, and pushes to the internet only.
    public ServerConfig(
            Path data,
            InetSocketAddress kafka,
            Optional<InetSocketAddress> advertised,
            Optional<InetSocketAddress> http,
            Map<String, String> settings) {
        this(data, kafka, advertised, http, HTTP_CONNECTIONS, EndpointRules.internet(), settings);
    }
}
