package io.sinew.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Consecutive bytes of a partition on their way to a reader: batches as they are stored. It pins
/// what it reads from until it is closed, and it is used by one thread at a time.
public sealed interface LogSlice extends AutoCloseable permits TailSlice, FileSlice, CopiedSlice {
    int sizeBytes();

    /// Sends all bytes; blocks while the channel has no room.
    void writeTo(WritableByteChannel channel) throws IOException;

    /// A copy of the bytes, for readers in the same process.
    ByteBuffer copy() throws IOException;

    @Override
    void close();

    /// Nothing.
    static LogSlice empty() {
        return TailSlice.EMPTY;
    }
}
