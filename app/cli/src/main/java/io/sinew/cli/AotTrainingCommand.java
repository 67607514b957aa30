package io.sinew.cli;

import io.sinew.pubsub.EndpointRules;
import io.sinew.server.ServerConfig;
import io.sinew.server.SinewServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `sinew aot-training`: does, once and in a few seconds, what `up` and the client commands do, so
/// that the virtual machine can write down which classes they need (JEP 483, 514). The launcher
/// runs it after a build.
@Command(
        name = "aot-training",
        hidden = true,
        description = "What the launcher runs after a build.")
final class AotTrainingCommand implements Callable<Integer> {
    private static final int LINES = 2_000;

    private final Terminal terminal;

    AotTrainingCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        int failures = 0;
        try (var folder = TemporaryFolder.create("training")) {
            Path file = folder.path().resolve("sinew.yaml");
            Files.writeString(file, "kafka:\n  num.partitions: 2\n");
            var config =
                    new UpConfig(
                            folder.path().resolve("data"),
                            new HostPort("127.0.0.1", 0),
                            new HostPort("127.0.0.1", 0),
                            ServerConfig.HTTP_CONNECTIONS,
                            EndpointRules.internet(),
                            Optional.empty(),
                            ConfigFile.read(file).settings());
            Terminal quiet = quiet("", terminal.err());
            Commands.commandLine(quiet, "up").parseArgs("up", "--data", "data", "--set", "a=b");
            try (SinewServer server = UpCommand.start(config, quiet)) {
                failures += train(HostPort.of(server.kafkaAddress()).toString());
                failures += get(server, "/health") + get(server, "/metrics");
                failures += trainQueues(HostPort.of(server.httpAddress().orElseThrow()));
            }
        }
        if (failures > 0) {
            throw new CommandException(ExitCode.FAILED, failures + " commands failed");
        }
        return ExitCode.DONE.number();
    }

    private int train(String bootstrap) {
        int failures = 0;
        failures += run("", "version");
        failures += run("", "help");
        failures += run("", "topic create orders --partitions 3 -s retention.ms=1000", bootstrap);
        failures += run("ada: one\n".repeat(LINES), "produce orders -k : -H a=b", bootstrap);
        failures += run("", "consume orders --max " + LINES + " --timeout 5s", bootstrap);
        failures += run("", "consume orders --json --max 10 --timeout 5s", bootstrap);
        failures += run("", "consume orders --group g --max 10 --timeout 5s", bootstrap);
        failures += run("", "topic list", bootstrap);
        failures += run("", "topic list -o json", bootstrap);
        failures += run("", "topic describe orders", bootstrap);
        failures += run("", "topic alter orders --set retention.ms=2000", bootstrap);
        failures += run("", "group list", bootstrap);
        failures += run("", "group describe g", bootstrap);
        failures += run("", "group reset g --topic orders --to beginning", bootstrap);
        failures += run("", "group delete g", bootstrap);
        failures += run("", "topic delete orders", bootstrap);
        return failures;
    }

    private int trainQueues(HostPort http) {
        String at = " --http " + http;
        int failures = 0;
        failures += run("", "queue create q --set failures.max=1" + at);
        failures += run("one\ntwo\n".repeat(LINES / 10), "queue send q" + at);
        failures += run("", "queue receive q --max 10 --wait 5s --ack" + at);
        failures += run("", "queue receive q" + at);
        failures += run("", "queue peek q" + at);
        failures += run("", "queue dead q -o json" + at);
        failures += run("", "queue list" + at);
        failures += run("", "queue describe q" + at);
        failures += run("", "queue redrive q" + at);
        failures += run("", "queue delete q" + at);
        return failures;
    }

    private static int get(SinewServer server, String path) throws IOException {
        var connection =
                (HttpURLConnection)
                        URI.create(
                                        "http://"
                                                + HostPort.of(server.httpAddress().orElseThrow())
                                                + path)
                                .toURL()
                                .openConnection();
        try (InputStream answer = connection.getInputStream()) {
            answer.transferTo(OutputStream.nullOutputStream());
        }
        return connection.getResponseCode() == HttpURLConnection.HTTP_OK ? 0 : 1;
    }

    private int run(String input, String command, String bootstrap) {
        return run(input, command + " --bootstrap " + bootstrap);
    }

    /// Runs a command and counts whether it failed; what it says is of interest only then.
    private int run(String input, String command) {
        var said = new ByteArrayOutputStream();
        var err = new PrintStream(said, true, StandardCharsets.UTF_8);
        int exitCode = Main.run(quiet(input, err), command.split(" "));
        if (exitCode == ExitCode.DONE.number()) {
            return 0;
        }
        terminal.err().print(said.toString(StandardCharsets.UTF_8));
        return 1;
    }

    /// A terminal with this input, whose output goes nowhere.
    private static Terminal quiet(String input, PrintStream err) {
        return new Terminal(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                err);
    }
}
