package io.sinew.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Batches copied out of the log, for a reader that must not hold the log's own memory.
record CopiedSlice(ByteBuffer bytes) implements LogSlice {
    @Override
    public int sizeBytes() {
        return bytes.limit();
    }

    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        ByteBuffer rest = bytes.duplicate();
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    @Override
    public ByteBuffer copy() {
        return bytes.duplicate();
    }

    @Override
    public void close() {
        // The copy is the garbage collector's.
    }
}
