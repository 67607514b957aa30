package io.sinew.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.utils.VersionLoader;

/// The program of the JVM that holds Artemis: data folder and port are its arguments. It prints a
/// line that begins with [#READY] when it serves, and serves until it is ended.
final class ArtemisServer {
    /// What the line begins with that says that it serves, and with what.
    static final String READY = "Artemis ";

    static final String SETTINGS =
            "journal-type NIO, journal-datasync true, 10 pooled journal files,"
                    + " journal-buffer-timeout as `artemis create` sets it: the time of one sync";

    private static final int POOLED_FILES = 10;
    private static final int BLOCK_SIZE_KIB = 4;
    private static final Duration MEASURED = Duration.ofMillis(300);

    private ArtemisServer() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        int bufferNanos = syncNanos(folder);
        var server = new EmbeddedActiveMQ();
        server.setConfiguration(configuration(folder, Integer.parseInt(arguments[1]), bufferNanos));
        server.start();
        System.out.println(
                READY
                        + VersionLoader.getVersion().getFullVersion()
                        + ", journal-buffer-timeout "
                        + bufferNanos
                        + " ns");
    }

    private static Configuration configuration(Path folder, int port, int bufferNanos)
            throws Exception {
        return new ConfigurationImpl()
                .setPersistenceEnabled(true)
                .setSecurityEnabled(false)
                .setJournalType(JournalType.NIO)
                .setJournalDatasync(true)
                .setJournalSyncNonTransactional(true)
                .setJournalSyncTransactional(true)
                .setJournalPoolFiles(POOLED_FILES)
                .setJournalBufferTimeout_NIO(bufferNanos)
                .setJournalDirectory(folder.resolve("journal").toString())
                .setBindingsDirectory(folder.resolve("bindings").toString())
                .setPagingDirectory(folder.resolve("paging").toString())
                .setLargeMessagesDirectory(folder.resolve("large").toString())
                .addAcceptorConfiguration("core", "tcp://127.0.0.1:" + port);
    }

    private static int syncNanos(Path folder) throws IOException {
        double p50Ms =
                new DiskRates(BLOCK_SIZE_KIB)
                        .measure(folder, MEASURED)
                        .values()
                        .getOrDefault(Quantity.P50_MS, 1.0);
        return (int) (p50Ms * 1e6);
    }
}
