package io.sinew.clients;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.Records;
import io.sinew.kafkawire.RequestHeader;
import io.sinew.kafkawire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.apache.kafka.common.TopicPartition;

/// A connection on which anything can be sent, and nothing is read unless it is asked for.
final class RawClient implements Closeable {
    private static final int RECEIVE_BUFFER_BYTES = 8 << 10;
    private static final int FETCH_VERSION = 11;
    private static final int FETCH_WAIT_MS = 500;

    private final SocketChannel channel;

    private RawClient(SocketChannel channel) {
        this.channel = channel;
    }

    static RawClient connect(InetSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
        channel.connect(address);
        return new RawClient(channel);
    }

    /// Sends bytes as they are. It is no failure when the server has closed the connection already.
    void send(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            // Broken pipe or reset: the refusal came before the end of what was sent.
        }
    }

    /// Announces a request of `sizeBytes` and sends no more than the beginning.
    void announce(int sizeBytes, byte... beginning) {
        send(
                ByteBuffer.allocate(Integer.BYTES + beginning.length)
                        .putInt(sizeBytes)
                        .put(beginning)
                        .array());
    }

    /// Asks for what a partition has from an offset on.
    void fetch(int correlationId, TopicPartition from, long offset, int maxBytes)
            throws IOException {
        var partition = new FetchRequest.FetchPartition();
        partition.partition = from.partition();
        partition.fetchOffset = offset;
        partition.partitionMaxBytes = maxBytes;
        var topic = new FetchRequest.FetchTopic();
        topic.topic = from.topic();
        topic.partitions.add(partition);
        var request = new FetchRequest();
        request.maxWaitMs = FETCH_WAIT_MS;
        request.minBytes = 1;
        request.maxBytes = maxBytes;
        request.topics.add(topic);
        send(frame(ApiKey.FETCH, FETCH_VERSION, correlationId, request));
    }

    private static byte[] frame(ApiKey api, int version, int correlationId, Message request)
            throws IOException {
        var header = new RequestHeader();
        header.requestApiKey = api.id();
        header.requestApiVersion = (short) version;
        header.correlationId = correlationId;
        header.clientId = "raw";
        var out = new WireWriter(1 << 10, 1 << 20);
        out.beginFrame();
        header.write(out, api.requestHeaderVersion(version));
        request.write(out, version);
        out.endFrame();
        var bytes = new ByteArrayOutputStream();
        out.forEachPart(
                new WireWriter.PartConsumer() {
                    @Override
                    public void bytes(byte[] array, int offset, int length) {
                        bytes.write(array, offset, length);
                    }

                    @Override
                    public void records(Records records) {
                        throw new IllegalStateException("a fetch request has no records");
                    }
                });
        return bytes.toByteArray();
    }

    /// Waits until the server closes the connection, and reads what comes before that.
    ///
    /// @return bytes that came
    int readToEnd() throws IOException {
        var buffer = ByteBuffer.allocate(1 << 10);
        int count = 0;
        try {
            int read = channel.read(buffer);
            while (read >= 0) {
                count += read;
                read = channel.read(buffer.clear());
            }
        } catch (IOException e) {
            // Reset: the server closed it with bytes of ours unread.
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
