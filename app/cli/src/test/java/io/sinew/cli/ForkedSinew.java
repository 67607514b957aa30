package io.sinew.cli;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// `sinew up` in a process of its own.
record ForkedSinew(ChildProcess process, String address) implements AutoCloseable {
    private static final Duration READY = Duration.ofMinutes(1);
    private static final String ADDRESS = "  kafka ";

    /// Starts it on `data`; ready when this returns.
    ///
    /// @param kafka where it shall listen: `127.0.0.1:0` for a free port
    static ForkedSinew start(Path data, String kafka) throws IOException, InterruptedException {
        ChildProcess process =
                run(
                        data.resolveSibling("up.log"),
                        "up",
                        "--data",
                        data.toString(),
                        "--kafka",
                        kafka,
                        "--http",
                        "127.0.0.1:0");
        String address = process.awaitLine(READY, line -> line.startsWith(ADDRESS));
        process.awaitLine(READY, line -> line.equals("Ctrl-C stops it."));
        return new ForkedSinew(process, address.substring(ADDRESS.length()).strip());
    }

    /// Any command in a process of its own.
    static ChildProcess run(Path output, String... arguments) throws IOException {
        return ChildJvm.of(Main.class)
                .flags(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))
                .start("sinew", output, List.of(arguments));
    }

    @Override
    public void close() {
        process.close();
    }
}
