package io.sinew.server;

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
/// @param settings broker settings by Kafka's names; checked at start
public record ServerConfig(
        Path data,
        InetSocketAddress kafka,
        Optional<InetSocketAddress> advertised,
        Optional<InetSocketAddress> http,
        Map<String, String> settings) {
    public ServerConfig {
        settings = Map.copyOf(settings);
    }
}
