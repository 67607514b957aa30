package io.sinew.cli;

import io.sinew.server.ServerConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What `sinew up` starts with, after the configuration file and the options have been put
/// together.
///
/// @param data the data directory
/// @param kafka where Kafka clients connect
/// @param http where the HTTP door is
/// @param httpConnections how many clients may be connected to it
/// @param advertise what Kafka clients are told to connect to; empty for what they used
/// @param settings broker settings by Kafka's names
record UpConfig(
        Path data,
        HostPort kafka,
        HostPort http,
        int httpConnections,
        Optional<HostPort> advertise,
        Map<String, String> settings) {
    static final Path DATA = Path.of("data");
    static final HostPort KAFKA = new HostPort("127.0.0.1", 9092);
    static final HostPort HTTP = new HostPort("127.0.0.1", 8080);

    UpConfig {
        settings = Map.copyOf(settings);
    }

    ServerConfig forServer() {
        return new ServerConfig(
                data,
                kafka.resolve(),
                advertise.map(HostPort::unresolved),
                Optional.of(http.resolve()),
                httpConnections,
                settings);
    }
}
