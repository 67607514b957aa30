package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Eventually;
import io.sinew.kit.ForkedSinew;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// SIGTERM and Ctrl-C are a clean end, whatever goes on.
class StopTest {
    private static final int STOPS = 3;

    @TempDir Path folder;

    @Test
    void a_server_that_is_told_to_end_under_load_ends_cleanly_and_loses_nothing() throws Exception {
        try (var sinew = new ForkedSinew(folder, "num.partitions=2")) {
            sinew.startWhole();
            var gate = new LoadGate();
            var load = new LoadWriter.Load(new JavaClients(sinew.bootstrap()), "load", 2, gate);
            try (var idempotent = new LoadWriter(0, true, "all", load, new SplittableRandom(1));
                    var plain = new LoadWriter(1, false, "all", load, new SplittableRandom(2));
                    var check = new LoadCheck(load, List.of(idempotent, plain))) {
                idempotent.start();
                plain.start();
                for (int stop = 1; stop <= STOPS; stop++) {
                    long target = idempotent.acknowledgedCount() + 1_000;
                    gate.open();
                    Eventually.await(
                            LIMIT,
                            "acknowledgements",
                            () -> idempotent.acknowledgedCount() >= target);
                    assertThat(sinew.process().stop(LIMIT)).isTrue();
                    assertThat(sinew.process().lastLines())
                            .contains("Stopped; everything is flushed.")
                            .noneMatch(line -> line.contains("Exception"));
                    assertThat(sinew.process().exitCode()).isZero();
                    gate.close();
                    sinew.startWhole();
                    check.check();
                }
                idempotent.settleAll();
                plain.settleAll();
                assertThat(check.check())
                        .isGreaterThanOrEqualTo(
                                idempotent.acknowledgedCount() + plain.acknowledgedCount());
            }
        }
    }
}
