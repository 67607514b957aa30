package io.sinew.bench;

import io.sinew.base.Clock;
import io.sinew.kit.Eventually;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The few things that are done one at a time: create topics, write one batch, look at the end of a
/// partition.
final class RawClient implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofMinutes(2);

    private final RawConnection connection;

    private RawClient(RawConnection connection) {
        this.connection = connection;
    }

    static RawClient connect(InetSocketAddress address) throws IOException {
        return new RawClient(RawConnection.open(address));
    }

    /// Tries again until a server that is starting accepts the connection and answers.
    static RawClient connectWhenReady(InetSocketAddress address) throws Exception {
        var ready = new ArrayList<RawClient>(1);
        Eventually.await(
                READY_LIMIT,
                address + " to answer",
                () -> {
                    tryConnect(address).ifPresent(ready::add);
                    return !ready.isEmpty();
                });
        return ready.getFirst();
    }

    private static Optional<RawClient> tryConnect(InetSocketAddress address) {
        try {
            RawClient client = connect(address);
            client.apiVersions();
            return Optional.of(client);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    void apiVersions() throws IOException {
        int error = KafkaReplies.apiVersionsError(connection.call(KafkaRequests.apiVersions()));
        require(error, "ApiVersions");
    }

    void createTopics(List<String> topics, int partitions) throws IOException {
        ByteBuffer request = KafkaRequests.createTopics(topics, partitions);
        require(KafkaReplies.createTopicsError(connection.call(request)), "CreateTopics");
    }

    /// Creates a topic and waits until each partition has taken one record.
    void createReadyTopic(String topic, int partitions) throws Exception {
        createTopics(List.of(topic), partitions);
        for (int i = 0; i < partitions; i++) {
            produceWhenReady(new KafkaRequests.Partitions(topic, i, 1), oneRecord());
        }
    }

    /// Writes `batch` with acks=all, again and again while the topic is not there yet.
    void produceWhenReady(KafkaRequests.Partitions partitions, ReadyBatch batch) throws Exception {
        ByteBuffer request = KafkaRequests.produce(partitions, batch);
        Eventually.await(
                READY_LIMIT,
                "a leader for " + partitions,
                () -> {
                    int error = KafkaReplies.produceError(connection.call(request));
                    if (!KafkaReplies.isPassing(error)) {
                        require(error, "Produce");
                        return true;
                    }
                    return false;
                });
    }

    /// The offset that the next record of the partition will get.
    long endOffset(String topic, int partition) throws IOException {
        ByteBuffer request = KafkaRequests.fetch(topic, partition).from(0);
        KafkaReplies.Fetched fetched = KafkaReplies.fetched(connection.call(request));
        require(fetched.error(), "Fetch");
        return fetched.highWatermark();
    }

    /// A batch of one small record.
    static ReadyBatch oneRecord() {
        return ReadyBatch.fill(1, 100, Clock.system().nowMs());
    }

    /// @throws IOException when the peer refused
    static void require(int error, String request) throws IOException {
        if (error != KafkaReplies.NONE) {
            throw new IOException(request + " was refused with Kafka's error code " + error);
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
