package io.sinew.log;

import io.sinew.base.Check;
import io.sinew.base.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// A stretch of a segment file.
record FileSlice(OpenFiles.SharedFile shared, DiskFile file, int position, int sizeBytes)
        implements LogSlice {
    /// Sent by one call at most: a call that has to read from the disk keeps its carrier thread
    /// until it is done.
    private static final int STEP_BYTES = 1 << 20;

    /// Sent by copying when the socket has no room: a blocking write parks the virtual thread until
    /// it has, which `transferTo` can't. How few does not matter: it has room for much more by
    /// then.
    private static final int UNBLOCK_BYTES = 4 << 10;

    static FileSlice open(Segment segment, int position, int sizeBytes) throws IOException {
        return new FileSlice(segment.file(), segment.file().acquire(), position, sizeBytes);
    }

    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        long at = position;
        long end = at + sizeBytes;
        while (at < end) {
            long step = Math.min(STEP_BYTES, end - at);
            long sent = file.transferTo(at, step, channel);
            at += sent;
            if (sent < step) {
                // Full. Another transfer would only be told so.
                at += copyTo(channel, at, end);
            }
        }
    }

    private long copyTo(WritableByteChannel channel, long at, long end) throws IOException {
        var bytes = ByteBuffer.allocate((int) Math.min(UNBLOCK_BYTES, end - at));
        int count = file.read(bytes, at);
        Check.that(count > 0, "a segment never shrinks");
        bytes.flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        return count;
    }

    @Override
    public ByteBuffer copy() throws IOException {
        var bytes = ByteBuffer.allocate(sizeBytes);
        file.read(bytes, position);
        return bytes.flip();
    }

    @Override
    public void close() {
        shared.release();
    }
}
