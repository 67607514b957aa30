package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoCommandTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"1. Orders come in", "The shop stays open until Ctrl-C."})
    void an_interrupted_demo_leaves_nothing_behind(String line) throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("temporary"));
        try (ChildProcess demo =
                ChildJvm.of(Main.class)
                        .flags(List.of("-Djava.io.tmpdir=" + temporary))
                        .start("demo", directory.resolve("demo.log"), List.of("demo", "--keep"))) {
            demo.awaitLine(LIMIT, printed -> printed.startsWith(line));
            List<Long> processes = demo.treePids();

            assertThat(demo.stop(LIMIT)).isTrue();

            assertThat(demo.exitCode()).isEqualTo(143);
            assertThat(processes).hasSizeGreaterThan(1);
            assertThat(processes).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("sinew-")))
                    .isEmpty();
        }
    }

    @Test
    void every_claim_of_the_demo_holds() {
        Outcome demo = Outcome.of("", "demo");

        assertThat(demo.err()).isEmpty();
        assertThat(demo.exitCode()).isZero();
        assertThat(demo.out())
                .contains("5. Orders become payments")
                .contains("✓ that one failed 3 times and was put aside")
                .containsPattern("0 +0 +failed +3 +'18,90' is not an amount +grace ")
                .contains("6. The backbone is killed")
                .contains("✓ email got the orders it had missed, and only those")
                .containsPattern("✓ all [0-9]+ acknowledged orders are there, each once")
                .contains("✓ it was sent again, and is paid: 18.90")
                .contains("Every claim was verified.");
    }
}
