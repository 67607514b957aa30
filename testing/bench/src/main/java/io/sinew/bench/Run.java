package io.sinew.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// One measurement of one peer by one workload: a fresh folder, and the broker on it. Closing it
/// ends the broker.
///
/// @param folder fresh and empty
/// @param tools starts Kafka's perf tools
/// @param notes gets what the reader of the results must know
record Run(Broker broker, Path folder, Scale scale, KafkaTools tools, Consumer<String> notes)
        implements AutoCloseable {
    /// What the warm-up writes: one batch as the measured load sends it.
    static final String WARM_TOPIC = "warm";

    /// Prepares the broker and starts it, and returns when it answers requests.
    void start() throws Exception {
        broker.prepare();
        startAgain();
    }

    /// Starts a broker that was prepared, and returns when it answers requests.
    void startAgain() throws Exception {
        broker.spawn();
        client().close();
    }

    /// Starts the broker and creates topics that take records.
    void startWithTopics(List<String> topics, int partitions) throws Exception {
        start();
        try (RawClient client = client()) {
            for (String topic : topics) {
                client.createReadyTopic(topic, partitions);
            }
        }
    }

    /// A connection to the broker, as soon as it answers requests.
    RawClient client() throws Exception {
        return RawClient.connectWhenReady(broker.address());
    }

    ProcessFacts facts() throws IOException {
        return ProcessFacts.of(broker.process().treePids());
    }

    @Override
    public void close() {
        broker.close();
    }
}
