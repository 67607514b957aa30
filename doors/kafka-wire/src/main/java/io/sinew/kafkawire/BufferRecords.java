package io.sinew.kafkawire;

import java.nio.ByteBuffer;

/// Record batches in memory, from `bytes`' position to its limit. Those read from a request are a
/// window on the frame, not a copy: they are valid only as long as the frame's buffer is. Readers
/// leave position and limit alone.
public record BufferRecords(ByteBuffer bytes) implements Records {
    @Override
    public int sizeBytes() {
        return bytes.remaining();
    }
}
