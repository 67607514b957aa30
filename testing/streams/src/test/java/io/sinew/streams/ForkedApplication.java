package io.sinew.streams;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import io.sinew.kit.ForkedSinew;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// [ShopApplication] in a JVM of its own. Not safe for several threads.
final class ForkedApplication implements AutoCloseable {
    private static final Path TARGET = Path.of("target").toAbsolutePath();

    private static final List<String> FLAGS =
            List.of(
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    // Classes as the first one that ended by itself left them.
                    "-XX:+AutoCreateSharedArchive",
                    "-XX:SharedArchiveFile=" + TARGET.resolve("application.jsa"),
                    "-Xlog:cds*=off",
                    "-Xlog:aot*=off");

    private final Path folder;
    private final List<String> arguments;
    private @Nullable ChildProcess process;
    private int starts;

    /// An application that is not started yet.
    ///
    /// @param folder for its output
    /// @param protocol `classic` or `streams`
    ForkedApplication(Path folder, String bootstrap, String protocol) {
        this.folder = folder;
        this.arguments = List.of(bootstrap, protocol, folder.resolve("state").toString());
    }

    /// Starts it and waits for nothing.
    void start() throws IOException {
        Files.createDirectories(folder);
        starts++;
        process =
                ChildJvm.of(ShopApplication.class.getName(), classPath())
                        .flags(FLAGS)
                        .start(
                                "application",
                                folder.resolve("application-" + starts + ".log"),
                                arguments);
    }

    /// This one's, with the classes of this module in a jar, which the build makes before the
    /// tests.
    private static String classPath() {
        return TARGET.resolve("application-tests.jar") + File.pathSeparator + ForkedSinew.jars();
    }

    ChildProcess process() {
        if (process == null) {
            throw new IllegalStateException("the application was not started");
        }
        return process;
    }

    /// SIGKILL.
    void kill() throws InterruptedException {
        process().kill();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
