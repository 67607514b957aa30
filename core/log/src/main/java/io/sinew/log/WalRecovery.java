package io.sinew.log;

import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// Reads the write-ahead log from a checkpoint's cut to where it ends, and tells a torn end from
/// damage. [WalV1Format] says how.
final class WalRecovery {
    private static final int SCAN_BYTES = 1 << 20;

    private final Disk disk;
    private final Path directory;
    private final int fileBytes;
    private final long salt;
    private final WalBufferPool pool;

    private long lsn;
    private long syncedLsn;
    private long term;
    private long sequence;

    /// The largest term in any header, also behind the end, that stands where it says: what a
    /// process left that never got to an acknowledgement. The next process must have a larger one,
    /// or its blocks and those would be taken for each other's.
    private long largestTerm;

    WalRecovery(DataDirectory data, WalBufferPool pool, CheckpointV1Format.Checkpoint checkpoint) {
        this.disk = data.disk();
        this.salt = data.salt();
        this.directory = WalFiles.directoryIn(data);
        this.pool = pool;
        this.fileBytes = checkpoint.walFileBytes();
        this.lsn = checkpoint.cutLsn();
        this.syncedLsn = checkpoint.cutLsn();
        this.term = checkpoint.term();
        this.largestTerm = Math.max(checkpoint.term(), checkpoint.lastTerm());
        this.sequence = checkpoint.cutSequence();
    }

    /// Takes what was recovered, in order.
    interface Sink {
        /// One intact frame; its body is at `at` in the buffer. Whoever keeps it retains the
        /// buffer.
        void frame(WalBuffer buffer, int at, int sizeBytes, WalV1Format.FrameHeader frame)
                throws IOException;

        /// The frames up to `end` were given.
        void recovered(Flusher.Handed end) throws IOException;
    }

    /// Reads to the end.
    ///
    /// @throws SinewException `DAMAGED_DATA` when acknowledged data is damaged
    void run(Sink sink) throws IOException {
        List<Long> numbers = WalFiles.numbers(disk, directory);
        if (lsn % fileBytes != 0 && !numbers.contains(lsn / fileBytes)) {
            throw new SinewException(
                    ErrorCode.DAMAGED_DATA,
                    WalFiles.pathOf(directory, lsn / fileBytes)
                            + " is missing: the checkpoint says that the log goes on in it. Restore"
                            + " the data directory from a backup");
        }
        while (numbers.contains(lsn / fileBytes)) {
            long number = lsn / fileBytes;
            try (DiskFile file = disk.openForReading(WalFiles.pathOf(directory, number))) {
                readFile(file, number, sink);
            }
            if (lsn / fileBytes == number) {
                requireNothingLost(numbers);
                return;
            }
        }
        requireNothingLost(numbers);
    }

    long lsn() {
        return lsn;
    }

    /// Where the last block says that the durable part of the log ended.
    long syncedLsn() {
        return syncedLsn;
    }

    /// Largest term met anywhere.
    long largestTerm() {
        return largestTerm;
    }

    /// Sequence of the last frame.
    long sequence() {
        return sequence;
    }

    private void readFile(DiskFile file, long number, Sink sink) throws IOException {
        int needed = WalV1Format.BLOCK_ALIGNMENT;
        while (lsn / fileBytes == number) {
            long left = fileBytes - lsn % fileBytes;
            WalBuffer buffer = pool.take((int) Math.min(left, needed));
            try {
                ByteBuffer bytes = buffer.bytes();
                bytes.clear().limit((int) Math.min(bytes.capacity(), left));
                file.read(bytes, lsn % fileBytes);
                bytes.flip();
                long before = lsn;
                int read = bytes.limit();
                int wanted = readBlocks(buffer, read, sink);
                boolean readAll = read < bytes.capacity();
                if (lsn == before && (wanted <= read || wanted > left || readAll)) {
                    return;
                }
                needed = Math.max(WalV1Format.BLOCK_ALIGNMENT, wanted);
            } finally {
                buffer.bytes().clear();
                buffer.release();
            }
            sink.recovered(new Flusher.Handed(lsn, sequence));
        }
    }

    /// Takes the intact blocks at the start of a buffer.
    ///
    /// @return bytes that the next block needs, if it is longer than what is left in the buffer;
    ///   else 0
    private int readBlocks(WalBuffer buffer, int limit, Sink sink) throws IOException {
        ByteBuffer bytes = buffer.bytes();
        int at = 0;
        while (limit - at >= WalV1Format.BLOCK_HEADER_BYTES) {
            WalV1Format.BlockHeader header = WalV1Format.blockHeader(bytes, at, salt);
            if (header == null || header.lsn() != lsn || header.term() < term) {
                return 0;
            }
            if (header.endsFile()) {
                meet(header);
                lsn = header.endLsn();
                return 0;
            }
            if (header.sizeBytes() > limit - at) {
                return header.sizeBytes();
            }
            if (!continuesSequence(header) || !framesHold(bytes, at, header)) {
                return 0;
            }
            giveFrames(buffer, at, header, sink);
            meet(header);
            lsn = header.endLsn();
            at += WalV1Format.paddedSize(header.sizeBytes());
        }
        return 0;
    }

    private void meet(WalV1Format.BlockHeader header) {
        term = header.term();
        syncedLsn = header.syncedLsn();
        largestTerm = Math.max(largestTerm, term);
    }

    /// Numbers have no gap within a term; a new term may leave some out.
    private boolean continuesSequence(WalV1Format.BlockHeader header) {
        return header.firstSequence() == sequence + 1
                || (header.term() > term && header.firstSequence() > sequence);
    }

    private boolean framesHold(ByteBuffer bytes, int block, WalV1Format.BlockHeader header) {
        int at = block + WalV1Format.BLOCK_HEADER_BYTES;
        int end = block + header.sizeBytes();
        for (int i = 0; i < header.frameCount(); i++) {
            if (!WalV1Format.frameHolds(bytes, at, end, header.term(), salt)
                    || WalV1Format.frameSequence(bytes, at) != header.firstSequence() + i) {
                return false;
            }
            at += WalV1Format.frameSize(bytes, at);
        }
        return at == end;
    }

    private void giveFrames(WalBuffer buffer, int block, WalV1Format.BlockHeader header, Sink sink)
            throws IOException {
        ByteBuffer bytes = buffer.bytes();
        int at = block + WalV1Format.BLOCK_HEADER_BYTES;
        for (int i = 0; i < header.frameCount(); i++) {
            sequence = WalV1Format.frameSequence(bytes, at);
            int size = WalV1Format.frameSize(bytes, at);
            sink.frame(
                    buffer,
                    at + WalV1Format.FRAME_HEADER_BYTES,
                    size - WalV1Format.FRAME_HEADER_BYTES,
                    WalV1Format.frameHeader(bytes, at));
            at += size;
        }
    }

    /// Looks behind the end for a block that knows this place to have been durable.
    private void requireNothingLost(List<Long> numbers) throws IOException {
        var window = ByteBuffer.allocateDirect(SCAN_BYTES);
        for (long number : numbers) {
            long fileLsn = number * fileBytes;
            if (fileLsn + fileBytes <= lsn) {
                continue;
            }
            try (DiskFile file = disk.openForReading(WalFiles.pathOf(directory, number))) {
                long from = Math.max(0, lsn - fileLsn);
                for (long at = from; at < file.size(); at += SCAN_BYTES) {
                    window.clear();
                    file.read(window, at);
                    requireNoWitness(window.flip(), fileLsn + at);
                }
            }
        }
    }

    private void requireNoWitness(ByteBuffer window, long windowLsn) {
        for (int at = 0;
                at + WalV1Format.BLOCK_HEADER_BYTES <= window.limit();
                at += WalV1Format.BLOCK_ALIGNMENT) {
            WalV1Format.BlockHeader header = WalV1Format.blockHeader(window, at, salt);
            if (header == null || header.lsn() != windowLsn + at) {
                continue;
            }
            largestTerm = Math.max(largestTerm, header.term());
            if (header.term() >= term && header.syncedLsn() > lsn) {
                throw new SinewException(
                        ErrorCode.DAMAGED_DATA,
                        WalFiles.pathOf(directory, lsn / fileBytes)
                                + " is damaged at byte "
                                + lsn % fileBytes
                                + ": acknowledged data stood there and intact data follows at log"
                                + " position "
                                + header.lsn()
                                + ". Sinew does not start, so that nothing is lost silently. Restore"
                                + " the data directory from a backup; to go on without everything"
                                + " from the damage on, move the files of `wal/` from this one on"
                                + " away, and keep them");
            }
        }
    }
}
