package io.sinew.streams;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import io.sinew.kit.ClassArchive;
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
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

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
        // The classes of this module are in a jar as well: the build makes it before the tests.
        String jars =
                TARGET.resolve("application-tests.jar") + File.pathSeparator + ClassArchive.jars();
        starts++;
        process =
                ChildJvm.of(ShopApplication.class.getName(), jars)
                        .flags(FLAGS)
                        .flags(ClassArchive.flags(TARGET.resolve("application.jsa"), jars))
                        .start(
                                "application",
                                folder.resolve("application-" + starts + ".log"),
                                arguments);
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
