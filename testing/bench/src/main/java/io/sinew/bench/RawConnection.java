package io.sinew.bench;

import io.sinew.base.Check;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// A blocking socket that carries whole frames of the Kafka protocol. One thread may send while
/// another receives.
final class RawConnection implements AutoCloseable {
    /// The largest reply that is taken: more than any request here asks for.
    private static final int REPLY_MAX_BYTES = 64 << 20;

    private static final int FIRST_BUFFER_BYTES = 64 << 10;

    private final SocketChannel channel;
    private ByteBuffer input = ByteBuffer.allocateDirect(FIRST_BUFFER_BYTES).limit(0);

    private RawConnection(SocketChannel channel) {
        this.channel = channel;
    }

    static RawConnection open(InetSocketAddress address) throws IOException {
        var channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new RawConnection(channel);
    }

    /// Sends the whole frame and leaves it ready to be sent again.
    void send(ByteBuffer frame, int correlationId) throws IOException {
        frame.putInt(FrameWriter.CORRELATION_POSITION, correlationId);
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
        frame.rewind();
    }

    /// The next reply, after its correlation id; valid until the next call.
    ByteBuffer receive(int correlationId) throws IOException {
        await(Integer.BYTES);
        int sizeBytes = input.getInt();
        Check.that(
                sizeBytes >= Integer.BYTES && sizeBytes <= REPLY_MAX_BYTES,
                "a reply has a sensible size",
                sizeBytes,
                REPLY_MAX_BYTES);
        await(sizeBytes);
        ByteBuffer reply = input.slice(input.position(), sizeBytes);
        input.position(input.position() + sizeBytes);
        int actual = reply.getInt();
        Check.that(actual == correlationId, "replies come in order", actual, correlationId);
        return reply;
    }

    /// Sends one request and waits for its reply.
    ByteBuffer call(ByteBuffer frame) throws IOException {
        send(frame, 0);
        return receive(0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /// Reads until `byteCount` unread bytes are in `input`.
    private void await(int byteCount) throws IOException {
        if (input.remaining() >= byteCount) {
            return;
        }
        if (input.capacity() < byteCount) {
            input = ByteBuffer.allocateDirect(Integer.highestOneBit(byteCount) << 1).put(input);
        } else {
            input.compact();
        }
        while (input.position() < byteCount) {
            if (channel.read(input) < 0) {
                throw new EOFException("the peer closed the connection");
            }
        }
        input.flip();
    }
}
