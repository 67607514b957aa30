package io.sinew.bench;

import io.sinew.kit.ChildProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/// One broker of a [Peer], on one data folder. It can be stopped and started again.
interface Broker extends AutoCloseable {
    /// Kafka writes a file for each of its partitions when it stops.
    Duration STOP_LIMIT = Duration.ofMinutes(3);

    /// What must be done once before the first start; Kafka's `format`.
    void prepare() throws Exception;

    /// Starts the process and waits for nothing.
    ChildProcess spawn() throws IOException;

    /// The process that runs, or ran last.
    ChildProcess process();

    /// Where it listens for the Kafka protocol.
    InetSocketAddress address();

    /// Everything that it stores.
    Path dataFolder();

    /// Ends the process as an operator does, so that the next start finds everything in order.
    ///
    /// @throws IOException when it had to be killed
    default void stop() throws IOException, InterruptedException {
        if (!process().stop(STOP_LIMIT)) {
            throw new IOException("the broker did not end within " + STOP_LIMIT + " of SIGTERM");
        }
    }

    /// Ends the process, if there is one, by force if it takes long.
    @Override
    void close();
}
