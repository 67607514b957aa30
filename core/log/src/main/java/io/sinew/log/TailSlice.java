package io.sinew.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/// Batches at the tail, still in append buffers.
record TailSlice(List<TailBatch> batches, int sizeBytes) implements LogSlice {
    static final TailSlice EMPTY = new TailSlice(List.of(), 0);

    /// Batches handed to a channel by one call at most. A socket makes one system call of it, and,
    /// without Nagle's delay, not a packet for each batch.
    private static final int GATHERED_BATCHES = 64;

    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        if (channel instanceof GatheringByteChannel gathering) {
            gatherTo(gathering);
            return;
        }
        for (TailBatch batch : batches) {
            ByteBuffer slice = batch.slice();
            while (slice.hasRemaining()) {
                channel.write(slice);
            }
        }
    }

    private void gatherTo(GatheringByteChannel channel) throws IOException {
        for (int from = 0; from < batches.size(); from += GATHERED_BATCHES) {
            int to = Math.min(batches.size(), from + GATHERED_BATCHES);
            var slices = new ByteBuffer[to - from];
            for (int i = 0; i < slices.length; i++) {
                slices[i] = batches.get(from + i).slice();
            }
            int first = 0;
            while (first < slices.length) {
                if (slices[first].hasRemaining()) {
                    channel.write(slices, first, slices.length - first);
                } else {
                    first++;
                }
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
