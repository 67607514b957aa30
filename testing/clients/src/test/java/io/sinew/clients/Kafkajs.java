package io.sinew.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ChildProcess;
import java.nio.file.Path;

/// kafkajs on Node. `./dev clients` installs it into `target/kafkajs`.
final class Kafkajs {
    static final String VERSION = "2.2.4";

    private static final Path MODULES = Path.of("target", "kafkajs", "node_modules");
    private static final Path SCRIPT = Path.of("src", "test", "js", "session.js");

    private Kafkajs() {}

    /// Runs the session against a server.
    static void runSession(String bootstrap, Path output) throws Exception {
        assertThat(MODULES.resolve("kafkajs")).as("install it by `./dev clients kafkajs`").exists();
        var node = new ProcessBuilder("node", SCRIPT.toString(), bootstrap);
        node.environment().put("NODE_PATH", MODULES.toAbsolutePath().toString());
        try (var session = ChildProcess.start("kafkajs", node, output)) {
            assertThat(session.awaitExit(JavaClients.LIMIT))
                    .as(() -> String.join("\n", session.lastLines()))
                    .isZero();
            assertThat(session.lastLines()).contains("session=done");
        }
    }
}
