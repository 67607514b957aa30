package io.sinew.clients;

import io.sinew.kit.ForkedSinew;
import io.sinew.kit.FreePorts;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Records what [KafkajsTest] plays. Run it by `./dev clients record`, when the session's script
/// has changed or another version of kafkajs is wanted.
class KafkajsRecording {
    private static final Path RESOURCES = Path.of("src", "test", "resources", "io/sinew/clients");

    @TempDir Path folder;

    @Test
    void a_session_of_kafkajs_is_recorded() throws Exception {
        int port = FreePorts.next();
        try (var sinew = ForkedSinew.advertising(folder, "127.0.0.1:" + port);
                var proxy = new RecordingProxy(port, sinew.address())) {
            Kafkajs.runSession("127.0.0.1:" + port, folder.resolve("kafkajs.log"));
            proxy.session()
                    .write(
                            RESOURCES.resolve(KafkajsTest.RECORDING),
                            """
                            The requests of kafkajs %s while it ran src/test/js/session.js against
                            Sinew: CONNECTION API VERSION HEX, the length before each left out.
                            Recorded by `./dev clients record`.\
                            """
                                    .formatted(Kafkajs.VERSION));
        }
    }
}
