package io.sinew.log;

import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A segment's index on disk (`….index` beside `….log`), version 1, big endian:
///
/// ```
///  0  magic          u32   "SNI1"
///  4  entries        i32
///  8  base offset    i64   of the segment
/// 16  covered bytes  i32   of the segment
/// 20  last position  i32   of the last covered batch in the segment
/// 24  max timestamp  i64   of the covered batches, ms
/// 32  aborted        i32
/// 36  entries        16 B each: offset - base offset i32, position i32, max timestamp so far i64
///     aborted        32 B each: producer id i64, first offset i64, marker's offset i64, last stable i64
///     checksum       u32   CRC-32C of everything before, and of the last covered batch's checksum
/// ```
///
/// That batch's checksum stands in the segment only: an index that was left of another segment of
/// the same name, or came from another backup, does not fit. Segments only grow, so what has the
/// same batch at the same place is the same up to there.
///
/// It is written whole, when a segment is full and at checkpoints, and never synced: an index is a
/// shortcut. One that is missing, torn or damaged is made again from the segment, and one that
/// covers only the beginning is completed from there.
final class IndexV1Format {
    private static final int MAGIC = 0x534E4931;
    private static final int HEADER_BYTES = 36;
    private static final int ENTRY_BYTES = 16;
    private static final int ABORTED_BYTES = 32;

    private IndexV1Format() {}

    /// Finds the checksum of the batch at a position of the segment.
    interface BatchChecksums {
        int at(int position) throws IOException;
    }

    static void write(
            Disk disk, Path path, long baseOffset, SegmentIndex index, BatchChecksums batches)
            throws IOException {
        int lastChecksum = batches.at(index.lastPosition());
        ByteBuffer bytes;
        synchronized (index) {
            bytes = ByteBuffer.allocate((int) sizeBytes(index.count(), index.abortedCount()));
            bytes.putInt(MAGIC).putInt(index.count()).putLong(baseOffset);
            bytes.putInt(index.coveredBytes())
                    .putInt(index.lastPosition())
                    .putLong(index.maxTimestamp())
                    .putInt(index.abortedCount());
            for (int entry = 0; entry < index.count(); entry++) {
                bytes.putInt(index.offsetDelta(entry)).putInt(index.position(entry));
                bytes.putLong(index.maxTimestamp(entry));
            }
            for (int entry = 0; entry < index.abortedCount(); entry++) {
                AbortedTransaction aborted = index.aborted(entry);
                bytes.putLong(aborted.producerId()).putLong(aborted.firstOffset());
                bytes.putLong(aborted.markerOffset()).putLong(aborted.lastStableOffset());
            }
        }
        bytes.putInt(checksum(bytes, lastChecksum)).flip();
        try (DiskFile file = disk.open(path)) {
            int size = bytes.remaining();
            file.write(bytes, 0);
            file.truncate(size);
        }
    }

    private static long sizeBytes(int entries, int aborted) {
        return HEADER_BYTES + (long) entries * ENTRY_BYTES + (long) aborted * ABORTED_BYTES + 4;
    }

    /// Of all bytes but the last four.
    private static int checksum(ByteBuffer bytes, int lastChecksum) {
        var crc = new CRC32C();
        crc.update(bytes.slice(0, bytes.capacity() - 4));
        crc.update(ByteBuffer.allocate(4).putInt(0, lastChecksum));
        return (int) crc.getValue();
    }

    /// The index in the file, or null when there is none that can be used for `segmentBytes` of
    /// segment.
    static @Nullable SegmentIndex read(
            Disk disk, Path path, long baseOffset, long segmentBytes, BatchChecksums batches)
            throws IOException {
        if (!disk.exists(path)) {
            return null;
        }
        try (DiskFile file = disk.openForReading(path)) {
            long size = file.size();
            if (size < HEADER_BYTES + 4 || size > Integer.MAX_VALUE) {
                return null;
            }
            var bytes = ByteBuffer.allocate((int) size);
            if (file.read(bytes, 0) != size) {
                return null;
            }
            return parse(bytes.flip(), baseOffset, segmentBytes, batches);
        }
    }

    private static @Nullable SegmentIndex parse(
            ByteBuffer bytes, long baseOffset, long segmentBytes, BatchChecksums batches)
            throws IOException {
        int size = bytes.remaining();
        int count = bytes.getInt(4);
        int abortedCount = bytes.getInt(32);
        int last = bytes.getInt(20);
        if (bytes.getInt(0) != MAGIC
                || bytes.getLong(8) != baseOffset
                || count < 0
                || abortedCount < 0
                || sizeBytes(count, abortedCount) != size
                || bytes.getInt(16) > segmentBytes
                || last < 0
                || last >= segmentBytes
                || checksum(bytes, batches.at(last)) != bytes.getInt(size - 4)) {
            return null;
        }
        var index = new SegmentIndex();
        for (int entry = 0; entry < count; entry++) {
            int at = HEADER_BYTES + entry * ENTRY_BYTES;
            index.put(bytes.getInt(at), bytes.getInt(at + 4), bytes.getLong(at + 8));
        }
        bytes.position(HEADER_BYTES + count * ENTRY_BYTES);
        for (int left = abortedCount; left > 0; left--) {
            index.addAborted(
                    new AbortedTransaction(
                            bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong()));
        }
        index.covered(bytes.getInt(16), last, bytes.getLong(24));
        return index;
    }
}
