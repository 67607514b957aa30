package io.sinew.bench;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.FreePorts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;

/// ActiveMQ Artemis, embedded in a JVM that does nothing else.
record ArtemisQueue() implements QueuePeer {
    /// What `artemis.profile` of the distribution passes, as far as it concerns speed.
    private static final List<String> FLAGS =
            List.of(
                    "-Xms512M",
                    "-Xmx2G",
                    "-XX:+UseG1GC",
                    "-XX:+UseStringDeduplication",
                    "-XX:AutoBoxCacheMax=20000");

    private static final Duration READY_LIMIT = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "artemis";
    }

    @Override
    public String durability() {
        return "durable: journal-type NIO, journal-datasync true, synced for sends and commits";
    }

    @Override
    public String command() {
        return "ActiveMQ Artemis embedded in a JVM of its own, "
                + ArtemisServer.SETTINGS
                + ", core protocol, sends confirmed each, acknowledged each and committed, java "
                + String.join(" ", FLAGS);
    }

    @Override
    public QueueSystem start(Path folder) throws Exception {
        int port = FreePorts.next();
        var process =
                ChildJvm.of(ArtemisServer.class)
                        .flags(FLAGS)
                        .start(
                                name(),
                                folder.resolve("artemis.log"),
                                List.of(folder.resolve("data").toString(), "" + port));
        try {
            process.awaitPort(
                    READY_LIMIT, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            String settings =
                    process.awaitLine(READY_LIMIT, line -> line.startsWith(ArtemisServer.READY));
            var locator = ActiveMQClient.createServerLocator("tcp://127.0.0.1:" + port);
            return new ArtemisSystem(process, locator, settings);
        } catch (Exception | AssertionError e) {
            process.close();
            throw e;
        }
    }
}
