package io.sinew.cli;

import io.sinew.server.ClusterServerConfig;
import java.util.Map;
import java.util.Optional;

/// What `sinew up --engine kafka` starts with, after the configuration file and the options have
/// been put together.
///
/// @param bootstrap `HOST:PORT` of brokers, with commas between them
/// @param client properties for all Kafka clients
/// @param http where the HTTP door is
/// @param httpConnections how many clients may be connected to it
/// @param advertisedHttp where the other processes reach it; empty for `http`
record ClusterUpConfig(
        String bootstrap,
        Map<String, String> client,
        HostPort http,
        int httpConnections,
        Optional<HostPort> advertisedHttp) {
    ClusterUpConfig {
        client = Map.copyOf(client);
    }

    ClusterServerConfig forServer() {
        return new ClusterServerConfig(
                bootstrap,
                client,
                http.resolve(),
                advertisedHttp.map(HostPort::unresolved),
                httpConnections);
    }
}
