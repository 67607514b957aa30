package io.sinew.clients;

import io.sinew.kit.TempFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The command `kcat`, a client on librdkafka.
///
/// @param bootstrap `host:port`
record Kcat(String bootstrap) {
    private static final long LIMIT_SECONDS = 60;

    /// What a run printed.
    ///
    /// @param output standard output
    /// @param log standard error
    record Result(int exitCode, String output, String log) {
        List<String> lines() {
            return output.lines().toList();
        }
    }

    /// Runs kcat and waits for it to end.
    ///
    /// @param input for standard input
    /// @throws AssertionError when there is no kcat, or it failed
    Result run(String input, String... arguments) throws Exception {
        var command = new ArrayList<String>(List.of("kcat", "-b", bootstrap));
        command.addAll(List.of(arguments));
        try (var folder = TempFolder.create()) {
            Path in = Files.writeString(folder.path().resolve("in"), input);
            Path out = folder.path().resolve("out");
            Path log = folder.path().resolve("log");
            Process process =
                    start(
                            new ProcessBuilder(command)
                                    .redirectInput(in.toFile())
                                    .redirectOutput(out.toFile())
                                    .redirectError(log.toFile()));
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            var result = new Result(process.exitValue(), read(out), read(log));
            if (!ended || result.exitCode() != 0) {
                throw new AssertionError(command + " failed: " + result);
            }
            return result;
        }
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new AssertionError(
                    "kcat is not installed: apt-get install kcat, or brew install kcat", e);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
