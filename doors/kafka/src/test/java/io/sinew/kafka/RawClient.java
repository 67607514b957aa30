package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.BufferRecords;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.Records;
import io.sinew.kafkawire.RequestHeader;
import io.sinew.kafkawire.ResponseHeader;
import io.sinew.kafkawire.WireReader;
import io.sinew.kafkawire.WireWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// A client on a plain socket, for what Kafka's own clients would never send. Answers are expected
/// in the order of the requests.
final class RawClient implements AutoCloseable {
    /// An answer that takes longer fails the test.
    private static final int PATIENCE_MS = 20_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final DataOutputStream out;
    private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();
    private int lastCorrelationId;

    private record Sent(ApiKey api, int version, int correlationId) {}

    private RawClient(InetSocketAddress address) throws IOException {
        socket.connect(address);
        socket.setSoTimeout(PATIENCE_MS);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    static RawClient to(LiveDoor door) throws IOException {
        return to(door.address());
    }

    static RawClient to(InetSocketAddress address) throws IOException {
        return new RawClient(address);
    }

    /// Sends a request and expects an answer to it some time.
    void send(ApiKey api, int version, Message request) throws IOException {
        sendUnanswered(api, version, request);
        unanswered.add(new Sent(api, version, lastCorrelationId));
    }

    /// Sends a request that gets no answer.
    void sendUnanswered(ApiKey api, int version, Message request) throws IOException {
        out.write(frame(api, version, request));
        out.flush();
    }

    /// A request as it goes over the wire, its length first.
    byte[] frame(ApiKey api, int version, Message request) throws IOException {
        var header = new RequestHeader();
        header.requestApiKey = api.id();
        header.requestApiVersion = (short) version;
        header.correlationId = ++lastCorrelationId;
        header.clientId = "raw";
        var writer = new WireWriter(256, Integer.MAX_VALUE);
        writer.beginFrame();
        header.write(writer, api.requestHeaderVersion(version));
        request.write(writer, version);
        writer.endFrame();
        var bytes = ByteBuffer.allocate((int) writer.size());
        writer.forEachPart(
                new WireWriter.PartConsumer() {
                    @Override
                    public void bytes(byte[] array, int offset, int length) {
                        bytes.put(array, offset, length);
                    }

                    @Override
                    public void records(Records records) {
                        bytes.put(((BufferRecords) records).bytes().duplicate());
                    }
                });
        return bytes.array();
    }

    void sendBytes(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /// Waits for the next answer.
    <R extends Message> R receive(Class<R> type) throws IOException {
        Sent sent = unanswered.remove();
        ByteBuffer frame = receiveFrame();
        var reader = new WireReader(frame);
        ResponseHeader header =
                ResponseHeader.read(reader, sent.api().responseHeaderVersion(sent.version()));
        assertThat(header.correlationId)
                .as("answers come in order")
                .isEqualTo(sent.correlationId());
        Message message = sent.api().readResponse(reader, sent.version());
        assertThat(reader.remaining()).as("bytes after the answer").isZero();
        return type.cast(message);
    }

    /// The next frame without its length.
    ByteBuffer receiveFrame() throws IOException {
        var bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    <R extends Message> R ask(ApiKey api, int version, Message request, Class<R> type)
            throws IOException {
        send(api, version, request);
        return receive(type);
    }

    /// Waits for the broker to end the connection without a word.
    void awaitClosed() throws IOException {
        int next;
        try {
            next = in.read();
        } catch (SocketException e) {
            // The connection was reset: bytes were left unread when it was closed.
            return;
        }
        assertThat(next).as("the end of the connection").isEqualTo(-1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
