package io.sinew.log;

/// What a read found. The slice must be closed.
///
/// @param logStartOffset first offset the partition still has
/// @param endOffset offset after the last durable record
/// @param nextOffset no record of the slice has this offset or a later one; it need not be the
///   first such
public record LogRead(LogSlice slice, long logStartOffset, long endOffset, long nextOffset)
        implements AutoCloseable {
    @Override
    public void close() {
        slice.close();
    }
}
