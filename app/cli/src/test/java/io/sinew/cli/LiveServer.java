package io.sinew.cli;

import io.sinew.pubsub.EndpointRules;
import io.sinew.server.ServerConfig;
import io.sinew.server.SinewServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A server in this process, on a free port, and commands that are run against it.
record LiveServer(SinewServer server, String address) implements AutoCloseable {
    static LiveServer start(Path data) throws IOException {
        var config =
                new UpConfig(
                        data,
                        new HostPort("127.0.0.1", 0),
                        new HostPort("127.0.0.1", 0),
                        ServerConfig.HTTP_CONNECTIONS,
                        EndpointRules.internet(),
                        Optional.empty(),
                        Map.of());
        SinewServer server = SinewServer.start(config.forServer());
        return new LiveServer(server, HostPort.of(server.kafkaAddress()).toString());
    }

    /// Runs a command without input.
    Outcome run(String... arguments) {
        return runWith("", arguments);
    }

    /// Runs a command with input.
    Outcome runWith(String input, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap", address));
        return Outcome.of(input, all.toArray(String[]::new));
    }

    /// Runs a command of queues, with input.
    Outcome runQueue(String input, String... arguments) {
        return runOverHttp(input, "queue", arguments);
    }

    /// Runs a command that speaks HTTP, with input.
    Outcome runOverHttp(String input, String command, String... arguments) {
        var all = new ArrayList<>(List.of(command));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--http", HostPort.of(server.httpAddress().orElseThrow()).toString()));
        return Outcome.of(input, all.toArray(String[]::new));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
