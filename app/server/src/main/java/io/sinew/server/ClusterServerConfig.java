package io.sinew.server;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.HttpDoor;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a server on an existing Kafka cluster is started with.
///
/// @param bootstrap `HOST:PORT` of some of its brokers, with commas between them
/// @param clientProperties handed to all Kafka clients, by Kafka's names: what TLS and SASL need
/// @param http where the HTTP door is
/// @param advertised where the other processes on the cluster reach that door; empty for `http`
///   itself, which then has to be an address of this machine's with a port
/// @param httpConnections how many clients may be connected to it at a time
public record ClusterServerConfig(
        String bootstrap,
        Map<String, String> clientProperties,
        InetSocketAddress http,
        Optional<InetSocketAddress> advertised,
        int httpConnections) {
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

    public ClusterServerConfig {
        HttpDoor.requireConnections(httpConnections);
        clientProperties = Map.copyOf(clientProperties);
        InetSocketAddress told = advertised.orElse(http);
        boolean wildcard =
                told.isUnresolved()
                        ? WILDCARDS.contains(told.getHostString())
                        : told.getAddress().isAnyLocalAddress();
        if (wildcard || told.getPort() == 0) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "The other processes on the cluster can't reach this one at "
                            + text(told)
                            + ": say with --advertised-http HOST:PORT where its HTTP door is");
        }
    }

    /// With as many HTTP connections as is usual.
    public ClusterServerConfig(
            String bootstrap,
            Map<String, String> clientProperties,
            InetSocketAddress http,
            Optional<InetSocketAddress> advertised) {
        this(bootstrap, clientProperties, http, advertised, HttpDoor.CONNECTIONS);
    }

    /// Where the others reach the HTTP door, as `HOST:PORT`.
    String address() {
        return text(advertised.orElse(http));
    }

    private static String text(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
