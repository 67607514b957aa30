package io.sinew.kafka;

import io.sinew.log.BatchV2Format;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Where a stretch of batches ends: takes their bytes like a channel and remembers the last offset
/// and nothing else.
final class EndOfBatches implements WritableByteChannel {
    private final ByteBuffer header = ByteBuffer.allocate(BatchV2Format.HEADER_BYTES);

    /// Bytes up to the next header.
    private int rest;

    private long nextOffset;

    /// @param firstOffset what comes next as long as there is no batch
    EndOfBatches(long firstOffset) {
        this.nextOffset = firstOffset;
    }

    /// The offset after the last batch.
    long nextOffset() {
        return nextOffset;
    }

    @Override
    public int write(ByteBuffer bytes) {
        int count = bytes.remaining();
        while (bytes.hasRemaining()) {
            if (rest > 0) {
                int skipped = Math.min(rest, bytes.remaining());
                bytes.position(bytes.position() + skipped);
                rest -= skipped;
            } else {
                header.put(bytes.get());
                if (!header.hasRemaining()) {
                    nextOffset = BatchV2Format.lastOffset(header, 0) + 1;
                    rest = BatchV2Format.sizeBytes(header, 0) - BatchV2Format.HEADER_BYTES;
                    header.clear();
                }
            }
        }
        return count;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
        // There is nothing behind it.
    }
}
