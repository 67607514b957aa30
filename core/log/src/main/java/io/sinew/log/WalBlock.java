package io.sinew.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A block of the write-ahead log while it is in memory: filled under the log's lock, then written
/// by the log's writer. It holds one reference to its buffer until it is written.
final class WalBlock {
    /// What a block is padded with.
    private static final byte[] ZEROES = new byte[WalV1Format.BLOCK_ALIGNMENT];

    private final WalBuffer buffer;
    private final int start;
    private final long firstSequence;
    private final long term;
    private final long salt;
    private final List<TailBatch> batches = new ArrayList<>();
    private int end;
    private int frameCount;

    /// Starts a block behind the last one in `buffer`.
    WalBlock(WalBuffer buffer, long firstSequence, long term, long salt) {
        this.buffer = buffer;
        this.start = buffer.end;
        this.end = start + WalV1Format.BLOCK_HEADER_BYTES;
        this.firstSequence = firstSequence;
        this.term = term;
        this.salt = salt;
        buffer.retain();
    }

    /// Whether there is room for frames of so many bytes, their headers included.
    boolean fits(int framesBytes) {
        return framesBytes <= buffer.capacity() - end;
    }

    /// Copies a body behind the frames so far and returns where it stands. The caller may still
    /// change it there; [#closeFrame] must follow.
    int openFrame(ByteBuffer body) {
        int at = end + WalV1Format.FRAME_HEADER_BYTES;
        buffer.bytes().put(at, body, body.position(), body.remaining());
        return at;
    }

    void closeFrame(int kind, long sequence, PartitionId partition, int bodyBytes) {
        var header = new WalV1Format.FrameHeader(kind, sequence, partition);
        WalV1Format.putFrameHeader(buffer.bytes(), end, header, bodyBytes, term, salt);
        end += WalV1Format.FRAME_HEADER_BYTES + bodyBytes;
        frameCount++;
    }

    void add(TailBatch batch) {
        buffer.retain();
        batches.add(batch);
    }

    WalBuffer buffer() {
        return buffer;
    }

    List<TailBatch> batches() {
        return batches;
    }

    int sizeBytes() {
        return end - start;
    }

    int paddedBytes() {
        return WalV1Format.paddedSize(sizeBytes());
    }

    /// No more frames: pads the block to its page, so that the next one can start in this buffer.
    void seal() {
        int paddedEnd = start + paddedBytes();
        buffer.bytes().put(end, ZEROES, 0, paddedEnd - end);
        buffer.end = paddedEnd;
    }

    /// The bytes as they go to the disk.
    ByteBuffer bytesFor(long lsn, long syncedLsn) {
        var header =
                new WalV1Format.BlockHeader(
                        lsn, syncedLsn, firstSequence, sizeBytes(), frameCount, term);
        WalV1Format.putBlockHeader(buffer.bytes(), start, header, salt);
        return buffer.slice(start, paddedBytes());
    }
}
