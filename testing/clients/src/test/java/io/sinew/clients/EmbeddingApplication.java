package io.sinew.clients;

import io.sinew.server.ServerConfig;
import io.sinew.server.SinewServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// An application with Sinew inside, which talks to it with the kafka-clients that it has on its
/// class path for itself.
final class EmbeddingApplication {
    private EmbeddingApplication() {}

    /// Runs a session.
    ///
    /// @param arguments data folder, the version of kafka-clients that is expected
    public static void main(String[] arguments) throws Exception {
        var config =
                new ServerConfig(
                        Path.of(arguments[0]),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of());
        try (SinewServer sinew = SinewServer.start(config)) {
            String bootstrap = "127.0.0.1:" + sinew.kafkaAddress().getPort();
            ClientSession.run(bootstrap, arguments[1]);
        }
    }
}
