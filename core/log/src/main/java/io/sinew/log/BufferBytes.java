package io.sinew.log;

import java.io.InputStream;
import java.nio.ByteBuffer;

/// The bytes of a buffer as a stream, without a copy of them.
final class BufferBytes extends InputStream {
    private final ByteBuffer left;

    /// @param bytes from position to limit; its position stays
    BufferBytes(ByteBuffer bytes) {
        this.left = bytes.duplicate();
    }

    @Override
    public int read() {
        return left.hasRemaining() ? left.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int count) {
        if (count == 0) {
            return 0;
        }
        if (!left.hasRemaining()) {
            return -1;
        }
        int read = Math.min(count, left.remaining());
        left.get(target, from, read);
        return read;
    }

    @Override
    public long skip(long count) {
        int skipped = Math.clamp(count, 0, left.remaining());
        left.position(left.position() + skipped);
        return skipped;
    }

    @Override
    public int available() {
        return left.remaining();
    }
}
