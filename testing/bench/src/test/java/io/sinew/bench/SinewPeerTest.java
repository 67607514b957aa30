package io.sinew.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Eventually;
import io.sinew.kit.TempFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The launcher's side of the bench, with a script that stands in for Sinew.
class SinewPeerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void the_launcher_gets_folder_addresses_and_settings_and_ends_with_the_broker()
            throws Exception {
        try (var folder = TempFolder.create()) {
            Path launcher = folder.path().resolve("sinew");
            Files.writeString(launcher, "#!/bin/sh\necho \"$@\"\nsleep 1000 &\nwait\n");
            Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));

            List<Long> pids;
            try (Broker broker = SinewPeer.trustingTheSystem(launcher).broker(folder.path())) {
                broker.prepare();
                String arguments = broker.spawn().awaitLine(LIMIT, line -> line.startsWith("up"));
                assertThat(arguments)
                        .startsWith("up --data " + broker.dataFolder())
                        .contains("--kafka 127.0.0.1:" + broker.address().getPort())
                        .contains("--http 127.0.0.1:")
                        .endsWith("--set durability=os");
                pids = broker.process().treePids();
                ProcessFacts facts = ProcessFacts.of(pids);
                assertThat(facts.residentBytes()).isPositive();
                assertThat(facts.threads()).isEqualTo(pids.size());
            }
            Eventually.await(
                    LIMIT,
                    "the whole tree to end",
                    () -> pids.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
        }
    }
}
