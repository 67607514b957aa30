package io.sinew.log;

/// What a read found. The slice must be closed.
///
/// @param logStartOffset first offset the partition still has
/// @param endOffset offset after the last durable record
public record LogRead(LogSlice slice, long logStartOffset, long endOffset)
        implements AutoCloseable {
    @Override
    public void close() {
        slice.close();
    }
}
