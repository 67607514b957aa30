package io.sinew.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// One open file. Many threads may read; one at a time may write.
public interface DiskFile extends AutoCloseable {
    /// Reads into `target` from `position` until it is full or the file ends.
    ///
    /// @return bytes read; fewer than asked for only at the end of the file
    int read(ByteBuffer target, long position) throws IOException;

    /// Writes everything that remains in the buffers, one after the other, at `position`.
    void write(ByteBuffer[] sources, long position) throws IOException;

    /// Writes everything that remains in `source` at `position`.
    default void write(ByteBuffer source, long position) throws IOException {
        write(new ByteBuffer[] {source}, position);
    }

    /// Makes every byte written so far durable, and the length with it (`fdatasync`). After a
    /// failure the bytes may be gone although a second call would succeed: it must never be
    /// retried.
    void sync() throws IOException;

    long size() throws IOException;

    void truncate(long size) throws IOException;

    /// Sends bytes to a channel without copying them through this process where the system can.
    ///
    /// @return bytes sent; 0 when a socket in non-blocking mode (every socket a virtual thread has
    ///   used is one) has no room: the caller must then wait for it by a blocking write
    long transferTo(long position, long count, WritableByteChannel target) throws IOException;

    @Override
    void close() throws IOException;
}
