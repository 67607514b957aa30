package io.sinew.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/// What the driver sends: 1 KiB that says which message it is and when it was due, and cannot be
/// compressed.
///
/// @param id counts from 0 in each queue; [#HELD_ID] for the one that is never settled
/// @param dueNanos of this JVM's clock: when it was to be published or, with a delay, received
/// @param delay how long the queue is to keep it back; zero for none
/// @param group the ordered group it belongs to; [#NO_GROUP] for none
record QueueMessage(long id, long dueNanos, Duration delay, int group) {
    /// The size of every message.
    static final int SIZE_BYTES = 1024;

    static final int NO_GROUP = -1;

    /// The id of the message that somebody is slow with.
    static final long HELD_ID = -1;

    private static final int HEADER_SIZE_BYTES = 2 * Long.BYTES + Integer.BYTES;
    private static final byte[] FILLER = filler();

    /// One that is due now, without delay and group.
    static QueueMessage plain(long id, long dueNanos) {
        return new QueueMessage(id, dueNanos, Duration.ZERO, NO_GROUP);
    }

    /// The body, without the delay, which no reader needs.
    byte[] bytes() {
        return ByteBuffer.allocate(SIZE_BYTES)
                .putLong(id)
                .putLong(dueNanos)
                .putInt(group)
                .put(FILLER)
                .array();
    }

    /// Reads a body back.
    ///
    /// @throws IOException when it is not as it was sent
    static QueueMessage of(byte[] body) throws IOException {
        if (body.length != SIZE_BYTES
                || !Arrays.equals(body, HEADER_SIZE_BYTES, SIZE_BYTES, FILLER, 0, FILLER.length)) {
            throw new IOException(
                    "a message of %d B came that nobody sent like that".formatted(body.length));
        }
        var in = ByteBuffer.wrap(body);
        return new QueueMessage(in.getLong(), in.getLong(), Duration.ZERO, in.getInt());
    }

    private static byte[] filler() {
        var filler = new byte[SIZE_BYTES - HEADER_SIZE_BYTES];
        new SplittableRandom(SIZE_BYTES).nextBytes(filler);
        return filler;
    }
}
