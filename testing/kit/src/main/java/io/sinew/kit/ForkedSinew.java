package io.sinew.kit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `sinew up` in a JVM of its own, on a port that stays the same over restarts, so that clients
/// find it again. Not safe for several threads.
public final class ForkedSinew implements AutoCloseable {
    public static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final String MAIN = "io.sinew.cli.Main";

    /// What makes a JVM quick to start and small; speed in the long run is not wanted here.
    private static final List<String> FLAGS =
            List.of(
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "--enable-native-access=ALL-UNNAMED");

    private static final Path ARCHIVE = Path.of("target", "sinew.jsa");

    private final Path folder;
    private final List<String> options;
    private final int port;
    private final int httpPort = FreePorts.next();
    private @Nullable ChildProcess process;
    private int starts;

    /// A server that is not started yet.
    ///
    /// @param folder holds its data directory and its output
    /// @param settings `NAME=VALUE`
    public ForkedSinew(Path folder, String... settings) {
        this(folder, FreePorts.next(), optionsOf(settings));
    }

    private ForkedSinew(Path folder, int port, List<String> options) {
        this.folder = folder;
        this.port = port;
        this.options = List.copyOf(options);
    }

    private static List<String> optionsOf(String... settings) {
        return Stream.of(settings).flatMap(setting -> Stream.of("--set", setting)).toList();
    }

    /// A server that accepts connections.
    public static ForkedSinew start(Path folder, String... settings) throws Exception {
        var sinew = new ForkedSinew(folder, settings);
        sinew.start();
        return sinew;
    }

    /// A server that accepts connections and sends clients to another address.
    public static ForkedSinew advertising(Path folder, String address) throws Exception {
        var sinew = new ForkedSinew(folder, FreePorts.next(), List.of("--advertise", address));
        sinew.start();
        return sinew;
    }

    /// A server that is not started yet, with this one's address and another folder.
    public ForkedSinew onSameAddress(Path otherFolder) {
        return new ForkedSinew(otherFolder, port, List.of());
    }

    /// Starts it and waits until it accepts connections.
    public void start() throws Exception {
        spawn().awaitPort(START_LIMIT, address());
    }

    /// Starts it and waits until it says that it is ready, which it does when all doors are open.
    public void startWhole() throws Exception {
        spawn().awaitLine(START_LIMIT, line -> line.startsWith("Sinew is ready"));
    }

    /// Starts it and waits for nothing.
    public ChildProcess spawn() throws IOException {
        var arguments = new ArrayList<String>();
        arguments.addAll(List.of("up", "--data", dataFolder().toString()));
        arguments.addAll(List.of("--kafka", bootstrap(), "--http", "127.0.0.1:" + httpPort));
        arguments.addAll(options);
        Files.createDirectories(folder);
        String jars = ClassArchive.jars();
        starts++;
        process =
                ChildJvm.of(MAIN, jars)
                        .flags(FLAGS)
                        .flags(ClassArchive.flags(ARCHIVE, jars))
                        .start("sinew", folder.resolve("sinew-" + starts + ".log"), arguments);
        return process;
    }

    public ChildProcess process() {
        if (process == null) {
            throw new IllegalStateException("Sinew was not started");
        }
        return process;
    }

    /// SIGKILL.
    public void kill() throws InterruptedException {
        process().kill();
    }

    public Path dataFolder() {
        return folder.resolve("data");
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /// For `bootstrap.servers`.
    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /// The reading of a metric without labels.
    public long metric(String name) throws Exception {
        var request = HttpRequest.newBuilder(http("/metrics")).build();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private URI http(String path) {
        return URI.create("http://127.0.0.1:" + httpPort + path);
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
