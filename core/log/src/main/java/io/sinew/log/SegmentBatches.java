package io.sinew.log;

import io.sinew.base.DiskFile;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The batches of a full segment, whole and one after the other, each with its checksum and its
/// offsets verified: what is damaged must not get a new checksum. Memory: 1 MiB, or one batch where
/// that is larger.
final class SegmentBatches {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Segment segment;
    private final int end;
    private ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).limit(0);
    private final long endOffset;
    private int chunkPosition;
    private int nextPosition;
    private long nextOffset;

    /// @param from position of a batch
    SegmentBatches(SegmentRange range, int from) {
        this.segment = range.segment();
        this.end = segment.sizeBytes();
        this.endOffset = range.end();
        this.nextPosition = from;
        this.nextOffset = range.base();
    }

    /// The next batch, valid until the next call; null behind the last.
    ///
    /// @throws SinewException `DAMAGED_DATA`
    @Nullable ByteBuffer next() throws IOException {
        if (isAtEnd()) {
            return null;
        }
        int position = nextPosition;
        require(BatchV2Format.HEADER_BYTES <= end - position, "there is no batch", position);
        hold(position, BatchV2Format.HEADER_BYTES);
        int size = BatchV2Format.sizeBytes(chunk, position - chunkPosition);
        require(
                size >= BatchV2Format.HEADER_BYTES && size <= end - position,
                "there is no batch",
                position);
        hold(position, size);
        ByteBuffer batch = chunk.slice(position - chunkPosition, size);
        require(BatchV2Format.checksumHolds(batch, 0), "a batch fails its checksum", position);
        // The checksum leaves the base offset out.
        require(
                BatchV2Format.baseOffset(batch, 0) >= nextOffset
                        && BatchV2Format.lastOffsetDelta(batch, 0) >= 0
                        && BatchV2Format.lastOffset(batch, 0) < endOffset,
                "a batch has offsets that are not its own",
                position);
        nextOffset = BatchV2Format.lastOffset(batch, 0) + 1;
        nextPosition = position + size;
        return batch;
    }

    /// Whether there is no next batch.
    boolean isAtEnd() {
        return nextPosition >= end;
    }

    private void require(boolean condition, String what, int position) {
        if (!condition) {
            throw segment.damaged(what + " at byte " + position);
        }
    }

    /// Makes sure that these bytes are in memory.
    private void hold(int position, int size) throws IOException {
        if (position >= chunkPosition && position + size <= chunkPosition + chunk.limit()) {
            return;
        }
        int wanted = Math.max(size, Math.min(CHUNK_BYTES, end - position));
        int capacity = Math.max(CHUNK_BYTES, wanted);
        if (chunk.capacity() != capacity) {
            chunk = ByteBuffer.allocate(capacity);
        }
        chunk.clear();
        chunkPosition = position;
        DiskFile opened = segment.file().acquire();
        try {
            // In steps: a read into memory of the heap takes as much again outside of it.
            for (int from = 0; from < wanted; from += CHUNK_BYTES) {
                int step = Math.min(CHUNK_BYTES, wanted - from);
                int read = opened.read(chunk.slice(from, step), (long) position + from);
                require(read == step, "it ends", position + from + read);
            }
        } finally {
            segment.file().release();
        }
        chunk.limit(wanted);
    }
}
