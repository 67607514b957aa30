package io.sinew.bench;

import com.rabbitmq.client.ConnectionFactory;
import io.sinew.kit.ChildProcess;
import io.sinew.kit.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// RabbitMQ as it is installed, one node with folders, names and ports of its own.
///
/// @param type of its queues: `quorum` or `classic`
record RabbitQueue(String name, String type, String durability) implements QueuePeer {
    private static final String SERVER = "rabbitmq-server";
    private static final String EPMD = "epmd";
    private static final Duration READY_LIMIT = Duration.ofMinutes(2);

    /// Raft, here with one member.
    static RabbitQueue quorum() {
        return new RabbitQueue(
                "rabbit-quorum", "quorum", "durable: confirmed when the Raft log is synced");
    }

    /// The queues of old.
    static RabbitQueue classic() {
        return new RabbitQueue(
                "rabbit-classic",
                "classic",
                "durable queue, persistent messages: confirmed when written, synced in intervals");
    }

    @Override
    public String command() {
        return SERVER
                + ", one node, default settings; x-queue-type="
                + type
                + ", publisher confirms, delivery-mode 2, basic.ack for each, prefetch "
                + QueueLoad.PREFETCH;
    }

    @Override
    public Optional<String> missing() {
        return Programs.missing(SERVER).or(() -> Programs.missing(EPMD));
    }

    @Override
    public QueueSystem start(Path folder) throws Exception {
        int port = FreePorts.next();
        int epmdPort = FreePorts.next();
        ChildProcess epmd = epmd(folder, epmdPort);
        ChildProcess server;
        try {
            epmd.awaitPort(READY_LIMIT, address(epmdPort));
            server = server(folder, port, epmdPort);
        } catch (Exception | AssertionError e) {
            epmd.close();
            throw e;
        }
        try {
            server.awaitPort(READY_LIMIT, address(port));
            var factory = new ConnectionFactory();
            factory.setHost(InetAddress.getLoopbackAddress().getHostAddress());
            factory.setPort(port);
            return new RabbitSystem(type, factory.newConnection(), List.of(server, epmd));
        } catch (Exception | AssertionError e) {
            server.close();
            epmd.close();
            throw e;
        }
    }

    /// The name server of Erlang nodes; the node would start one that outlives it.
    private static ChildProcess epmd(Path folder, int epmdPort) throws IOException {
        var command =
                new ProcessBuilder(
                        program(EPMD),
                        "-port",
                        Integer.toString(epmdPort),
                        "-address",
                        "127.0.0.1");
        return ChildProcess.start(EPMD, command, folder.resolve("epmd.log"));
    }

    private static ChildProcess server(Path folder, int port, int epmdPort) throws IOException {
        Path settings = folder.resolve("rabbitmq.conf");
        Files.writeString(settings, "listeners.tcp.1 = 127.0.0.1:%d\n".formatted(port));
        Path plugins = folder.resolve("enabled_plugins");
        Files.writeString(plugins, "[].\n");
        Path environment = folder.resolve("rabbitmq-env.conf");
        Files.writeString(environment, "");
        var command = new ProcessBuilder(program(SERVER));
        command.environment()
                .putAll(
                        Map.ofEntries(
                                Map.entry("HOME", folder.toString()),
                                Map.entry("RABBITMQ_CONF_ENV_FILE", environment.toString()),
                                Map.entry("RABBITMQ_CONFIG_FILE", settings.toString()),
                                Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString()),
                                Map.entry("RABBITMQ_NODENAME", "bench" + port + "@localhost"),
                                Map.entry("RABBITMQ_MNESIA_BASE", folder + "/mnesia"),
                                Map.entry("RABBITMQ_LOG_BASE", folder + "/log"),
                                Map.entry("RABBITMQ_DIST_PORT", "" + FreePorts.next()),
                                Map.entry(
                                        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                                        "-kernel inet_dist_use_interface {127,0,0,1}"
                                                + " -start_epmd false"),
                                Map.entry("ERL_EPMD_PORT", "" + epmdPort),
                                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1")));
        return ChildProcess.start(SERVER, command, folder.resolve("rabbitmq.log"));
    }

    private static String program(String name) throws IOException {
        return Programs.find(name)
                .orElseThrow(() -> new IOException(name + " is not installed"))
                .toString();
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
