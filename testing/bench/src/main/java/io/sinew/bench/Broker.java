package io.sinew.bench;

import io.sinew.kit.ChildProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/// One broker of a [Peer], on one data folder. It can be stopped and started again.
interface Broker extends AutoCloseable {
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

    /// Ends the process, if there is one.
    @Override
    void close();
}
