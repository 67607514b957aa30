package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.Trials;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// How batches in memory reach a channel.
class TailSliceTest {
    /// A socket, as far as it matters: takes what it has room for, which is sometimes nothing.
    private static final class Socket implements GatheringByteChannel {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final SplittableRandom random;
        private final int maxRoom;
        private int calls;

        Socket(SplittableRandom random, int maxRoom) {
            this.random = random;
            this.maxRoom = maxRoom;
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            calls++;
            int room = maxRoom == Integer.MAX_VALUE ? maxRoom : random.nextInt(maxRoom);
            long count = 0;
            for (int i = offset; i < offset + length; i++) {
                while (sources[i].hasRemaining() && count < room) {
                    taken.write(sources[i].get());
                    count++;
                }
            }
            return count;
        }

        @Override
        public long write(ByteBuffer[] sources) {
            return write(sources, 0, sources.length);
        }

        @Override
        public int write(ByteBuffer source) {
            return (int) write(new ByteBuffer[] {source}, 0, 1);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private static void append(TestLog log, int count, int valueBytes) throws Exception {
        for (int i = 0; i < count; i++) {
            log.append(Batches.plain().of("#" + i, "x".repeat(valueBytes)));
        }
        log.store.barrier().awaitDurable();
    }

    @Test
    void a_socket_that_takes_writes_in_part_gets_every_byte_once_and_in_order() {
        Trials.run(
                30,
                random -> {
                    try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
                        append(log, random.nextInt(1, 150), random.nextInt(1, 300));
                        try (LogRead read = log.partition().read(0, 1 << 20, true)) {
                            var socket = new Socket(random, random.nextInt(2, 5000));
                            read.slice().writeTo(socket);
                            assertThat(ByteBuffer.wrap(socket.taken.toByteArray()))
                                    .isEqualTo(read.slice().copy());
                        }
                    }
                });
    }

    @Test
    void small_batches_share_the_writes_of_a_socket() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            append(log, 130, 10);
            try (LogRead read = log.partition().read(0, 1 << 20, true)) {
                var socket = new Socket(new SplittableRandom(1), Integer.MAX_VALUE);
                read.slice().writeTo(socket);
                assertThat(socket.calls).isEqualTo(3);
            }
        }
    }
}
