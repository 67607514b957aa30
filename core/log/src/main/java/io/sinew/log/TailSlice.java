package io.sinew.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/// Batches at the tail, still in append buffers.
record TailSlice(List<TailBatch> batches, int sizeBytes) implements LogSlice {
    static final TailSlice EMPTY = new TailSlice(List.of(), 0);

    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        for (TailBatch batch : batches) {
            ByteBuffer slice = batch.slice();
            while (slice.hasRemaining()) {
                channel.write(slice);
            }
        }
    }

    @Override
    public ByteBuffer copy() {
        var bytes = ByteBuffer.allocate(sizeBytes);
        for (TailBatch batch : batches) {
            bytes.put(batch.slice());
        }
        return bytes.flip();
    }

    @Override
    public void close() {
        for (TailBatch batch : batches) {
            batch.buffer().giveBack();
        }
    }
}
