package io.sinew.clients;

import io.sinew.kit.ForkedSinew;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kafkajs itself. It needs Node and npm's registry, which not every machine has: it runs by `./dev
/// clients kafkajs` only, and [KafkajsTest] plays a recording of it everywhere.
class KafkajsLane {
    @TempDir Path folder;

    @Test
    void a_session_of_kafkajs_works() throws Exception {
        try (var sinew = ForkedSinew.start(folder)) {
            Kafkajs.runSession(sinew.bootstrap(), folder.resolve("kafkajs.log"));
        }
    }
}
