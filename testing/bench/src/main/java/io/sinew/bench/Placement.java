package io.sinew.bench;

import java.io.IOException;
import java.util.Optional;

/// Which processor cores server and driver run on, by `taskset`. A process inherits the cores of
/// the one that starts it: the driver moves to the server's cores, starts it, and moves to its own.
///
/// @param server as for `taskset -c`: `0`
/// @param driver as for `taskset -c`: `1`
/// @param all both
record Placement(String server, String driver, String all) {
    /// The first half of the cores for the server and the rest for the driver; empty where there is
    /// only one core or no `taskset`.
    static Optional<Placement> halves() throws IOException, InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        if (cores < 2 || !Programs.installed("taskset")) {
            return Optional.empty();
        }
        int half = cores / 2;
        return Optional.of(new Placement(range(0, half), range(half, cores), range(0, cores)));
    }

    /// Moves this process, so that what it starts from now on runs where servers run.
    void toServer() throws IOException, InterruptedException {
        move(server);
    }

    void toDriver() throws IOException, InterruptedException {
        move(driver);
    }

    void toAll() throws IOException, InterruptedException {
        move(all);
    }

    private static void move(String cores) throws IOException, InterruptedException {
        var command =
                new ProcessBuilder(
                        "taskset",
                        "-a",
                        "-c",
                        "-p",
                        cores,
                        Long.toString(ProcessHandle.current().pid()));
        command.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        command.redirectError(ProcessBuilder.Redirect.INHERIT);
        if (command.start().waitFor() != 0) {
            throw new IOException("taskset could not move this process to the cores " + cores);
        }
    }

    private static String range(int from, int until) {
        return until - from == 1 ? Integer.toString(from) : from + "-" + (until - 1);
    }
}
