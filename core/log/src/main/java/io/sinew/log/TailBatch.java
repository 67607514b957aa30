package io.sinew.log;

import java.nio.ByteBuffer;

/// A batch that is in the write-ahead log and not yet in its segment. It holds one reference to its
/// buffer until it is.
record TailBatch(
        PartitionLog log,
        WalBuffer buffer,
        int position,
        int sizeBytes,
        long baseOffset,
        long lastOffset,
        long maxTimestamp) {

    ByteBuffer slice() {
        return buffer.slice(position, sizeBytes);
    }
}
