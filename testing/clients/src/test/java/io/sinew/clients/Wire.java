package io.sinew.clients;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.BufferRecords;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.Records;
import io.sinew.kafkawire.RequestHeader;
import io.sinew.kafkawire.ResponseHeader;
import io.sinew.kafkawire.WireReader;
import io.sinew.kafkawire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Asks a broker for one thing after the other, in any version. A connection that the broker has
/// closed is opened anew for the next question.
final class Wire implements Closeable {
    private static final int PATIENCE_MS = 10_000;

    private final InetSocketAddress address;
    private Socket socket = new Socket();
    private int lastCorrelationId;

    Wire(InetSocketAddress address) {
        this.address = address;
    }

    /// The broker's answer; empty when it closes the connection instead, or says nothing.
    Optional<Message> ask(ApiKey api, int version, Message request) throws IOException {
        if (!socket.isConnected() || socket.isClosed()) {
            socket = new Socket();
            socket.setSoTimeout(PATIENCE_MS);
            socket.connect(address, PATIENCE_MS);
        }
        try {
            socket.getOutputStream().write(frame(api, version, request));
            var in = new DataInputStream(socket.getInputStream());
            var bytes = new byte[in.readInt()];
            in.readFully(bytes);
            var reader = new WireReader(ByteBuffer.wrap(bytes));
            ResponseHeader.read(reader, api.responseHeaderVersion(version));
            return Optional.of(api.readResponse(reader, version));
        } catch (EOFException | SocketException | SocketTimeoutException e) {
            socket.close();
            return Optional.empty();
        }
    }

    private byte[] frame(ApiKey api, int version, Message request) throws IOException {
        var header = new RequestHeader();
        header.requestApiKey = api.id();
        header.requestApiVersion = (short) version;
        header.correlationId = ++lastCorrelationId;
        header.clientId = "comparison";
        var out = new WireWriter(1 << 10, Integer.MAX_VALUE);
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
                        ByteBuffer part = ((BufferRecords) records).bytes();
                        var copy = new byte[part.remaining()];
                        part.get(part.position(), copy);
                        bytes.writeBytes(copy);
                    }
                });
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
