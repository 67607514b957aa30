package io.sinew.log;

import io.sinew.base.Check;
import io.sinew.base.DiskFile;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A compacted segment while it is written. Batches are gathered, 1 MiB at a time.
final class CleanedFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final DiskFile file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long writtenBytes;

    /// @param file empty; it is closed with this
    CleanedFile(DiskFile file) {
        this.file = file;
    }

    /// @throws SinewException `INTERNAL_ERROR`: it would be larger than a segment can be
    void add(ByteBuffer batch) throws IOException {
        if (sizeBytes() + batch.remaining() > Integer.MAX_VALUE) {
            throw new SinewException(
                    ErrorCode.INTERNAL_ERROR,
                    "the compacted segment would have more than 2 GiB; lower segment.bytes");
        }
        ByteBuffer left = batch.duplicate();
        while (left.hasRemaining()) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int count = Math.min(buffer.remaining(), left.remaining());
            buffer.put(left.slice(left.position(), count));
            left.position(left.position() + count);
        }
    }

    /// Adds the first bytes of a segment.
    void addFirst(Segment segment, int bytes) throws IOException {
        if (bytes == 0) {
            return;
        }
        DiskFile source = segment.file().acquire();
        try {
            for (int from = 0; from < bytes; from += BUFFER_BYTES) {
                var step = ByteBuffer.allocate(Math.min(BUFFER_BYTES, bytes - from));
                source.read(step, from);
                Check.that(!step.hasRemaining(), "a segment never shrinks");
                add(step.flip());
            }
        } finally {
            segment.file().release();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        int size = buffer.remaining();
        file.write(buffer, writtenBytes);
        writtenBytes += size;
        buffer.clear();
    }

    long sizeBytes() {
        return writtenBytes + buffer.position();
    }

    /// Makes all of it durable, but for its name.
    void finish() throws IOException {
        flush();
        file.sync();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
