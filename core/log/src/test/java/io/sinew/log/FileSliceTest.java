package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Disk;
import io.sinew.kit.Batches;
import io.sinew.kit.TempFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// How batches in a segment reach a socket.
class FileSliceTest {
    private static final int BATCHES = 9;

    @Test
    void a_socket_that_is_often_full_gets_every_byte_once_and_in_order() throws Exception {
        try (TempFolder folder = TempFolder.create();
                TestLog log =
                        TestLog.open(
                                Disk.system(),
                                folder.path(),
                                TestLog.LAZY,
                                1,
                                PartitionConfig.defaults())) {
            for (int i = 0; i < BATCHES; i++) {
                log.appendDurably(Batches.plain().of("#" + i, (i + "abcdefg").repeat(120_000)));
            }
            log.store.checkpoint();
            try (LogRead read = log.partition().read(0, Integer.MAX_VALUE, true)) {
                assertThat(read.slice()).isInstanceOf(FileSlice.class);
                assertThat(sent(read.slice())).isEqualTo(read.slice().copy());
            }
        }
    }

    /// What arrives at the other end of a connection, whose sender is a virtual thread.
    private static ByteBuffer sent(LogSlice slice) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel receiver = SocketChannel.open(server.getLocalAddress());
                    SocketChannel sender = server.accept()) {
                var sending =
                        new FutureTask<>(() -> {
                            // Makes the socket what it is in the door: one that a virtual
                            // thread has used.
                            sender.write(ByteBuffer.allocate(1));
                            slice.writeTo(sender);
                            return sender.shutdownOutput();
                        });
                Thread.ofVirtual().start(sending);
                receiver.read(ByteBuffer.allocate(1));
                ByteBuffer received = readAll(receiver, slice.sizeBytes());
                sending.get();
                return received;
            }
        }
    }

    private static ByteBuffer readAll(SocketChannel channel, int expectedBytes) throws IOException {
        // One more, to notice what is sent twice.
        var bytes = ByteBuffer.allocate(expectedBytes + 1);
        int count = 0;
        while (count >= 0 && bytes.hasRemaining()) {
            count = channel.read(bytes);
        }
        return bytes.flip();
    }
}
