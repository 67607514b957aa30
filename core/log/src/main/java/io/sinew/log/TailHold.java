package io.sinew.log;

import java.util.List;

/// Batches at the tail that somebody of ours looks through, each with one more owner of its buffer
/// until it is closed. For a short look only: owners keep memory from appends.
record TailHold(List<TailBatch> batches) implements AutoCloseable {
    @Override
    public void close() {
        for (TailBatch batch : batches) {
            batch.buffer().release();
        }
    }
}
