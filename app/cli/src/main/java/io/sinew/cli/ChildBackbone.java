package io.sinew.cli;

import io.sinew.base.Clock;
import io.sinew.orders.Backbone;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// A `sinew up` in a process of its own, so that it can be killed. It runs with the virtual
/// machine, the flags and the class path of this process.
final class ChildBackbone implements Backbone, AutoCloseable {
    private static final String ADDRESS_LINE = "  kafka ";
    private static final String HTTP_LINE = "  http        http://";
    private static final String LAST_READY_LINE = "Ctrl-C stops it.";

    private final Path data;
    private final Consumer<String> tell;
    private final Clock clock = Clock.system();
    private HostPort address;
    private HostPort httpAddress;
    private Process process;

    private ChildBackbone(HostPort wanted, Path data, Consumer<String> tell) throws IOException {
        this.address = wanted;
        this.httpAddress = new HostPort("127.0.0.1", 0);
        this.data = data;
        this.tell = tell;
        this.process = launch();
    }

    /// Starts it; ready when this returns.
    ///
    /// @param wanted where it shall listen; port 0 for a free one, which it then keeps
    /// @param tell gets what is worth telling
    static ChildBackbone start(HostPort wanted, Path data, Consumer<String> tell)
            throws IOException {
        var backbone = new ChildBackbone(wanted, data, tell);
        backbone.awaitReady();
        return backbone;
    }

    private Process launch() throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(List.of("up", "--data", data.toString(), "--kafka", address.toString()));
        command.addAll(List.of("--http", httpAddress.toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /// Reads what it prints until it is ready; the rest goes nowhere, but is read.
    private void awaitReady() throws IOException {
        long begunNanos = clock.nanos();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        var last = "it printed nothing";
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            last = line;
            if (line.startsWith(ADDRESS_LINE)) {
                address = HostPort.parse(line.substring(ADDRESS_LINE.length()).strip());
            }
            if (line.startsWith(HTTP_LINE)) {
                httpAddress = HostPort.parse(line.substring(HTTP_LINE.length()).strip());
            }
            if (line.equals(LAST_READY_LINE)) {
                double seconds = (clock.nanos() - begunNanos) / 1e9;
                tell.accept(
                        String.format(
                                Locale.ROOT,
                                "process %d is ready on %s, %.2f s after its start",
                                process.pid(),
                                address,
                                seconds));
                Thread.ofVirtual().name("backbone-output").start(() -> drain(output));
                return;
            }
        }
        throw new CommandException(ExitCode.FAILED, "the backbone did not start: " + last);
    }

    private static void drain(BufferedReader output) {
        try (output) {
            while (output.readLine() != null) {
                // A full pipe would stop the process.
            }
        } catch (IOException e) {
            // The process was killed.
        }
    }

    @Override
    public String address() {
        return address.toString();
    }

    @Override
    public String httpAddress() {
        return httpAddress.toString();
    }

    @Override
    public void kill() throws InterruptedException {
        killNow();
        process.waitFor();
        tell.accept("kill -9 " + process.pid());
    }

    /// SIGKILL, without waiting.
    void killNow() {
        process.destroyForcibly();
    }

    @Override
    public void restart() throws IOException {
        process = launch();
        awaitReady();
    }

    /// Returns when it has ended, by whatever cause.
    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    /// Stops it cleanly.
    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            killNow();
            Thread.currentThread().interrupt();
        }
    }
}
