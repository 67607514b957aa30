package io.sinew.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which server to talk to, and how.
final class BootstrapOptions {
    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:SINEW_BOOTSTRAP:-127.0.0.1:9092}",
            description =
                    "The server, any that speaks Kafka's protocol. Several are separated by commas."
                            + " Default: $SINEW_BOOTSTRAP, else 127.0.0.1:9092.")
    private String bootstrap = "";

    @Option(
            names = "--client-config",
            paramLabel = "FILE",
            description =
                    "Kafka client properties, for servers that want TLS or a password:"
                            + " security.protocol=…")
    private @Nullable Path clientConfig;

    /// Finds the server.
    ///
    /// @throws CommandException `NO_ANSWER`, at once, when nothing listens there
    KafkaClients connect() {
        return KafkaClients.connect(
                bootstrap, clientConfig == null ? new Properties() : properties(clientConfig));
    }

    /// Reads a file of client properties.
    ///
    /// @throws CommandException `USAGE`
    static Properties properties(Path file) {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandException(
                    ExitCode.USAGE, "the client configuration is not readable: " + e, e);
        }
        return properties;
    }
}
