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
/// 20  (zero)         i32
/// 24  max timestamp  i64   of the covered batches, ms
/// 32  entries        16 B each: offset - base offset i32, position i32, max timestamp so far i64
///     checksum       u32   CRC-32C of everything before
/// ```
///
/// It is written whole, when a segment is full and at checkpoints, and never synced: an index is a
/// shortcut. One that is missing, torn or damaged is made again from the segment, and one that
/// covers only the beginning is completed from there.
final class IndexV1Format {
    private static final int MAGIC = 0x534E4931;
    private static final int HEADER_BYTES = 32;
    private static final int ENTRY_BYTES = 16;

    private IndexV1Format() {}

    static void write(Disk disk, Path path, long baseOffset, SegmentIndex index)
            throws IOException {
        ByteBuffer bytes;
        synchronized (index) {
            bytes = ByteBuffer.allocate(HEADER_BYTES + index.count() * ENTRY_BYTES + 4);
            bytes.putInt(MAGIC).putInt(index.count()).putLong(baseOffset);
            bytes.putInt(index.coveredBytes()).putInt(0).putLong(index.maxTimestamp());
            for (int entry = 0; entry < index.count(); entry++) {
                bytes.putInt(index.offsetDelta(entry)).putInt(index.position(entry));
                bytes.putLong(index.maxTimestamp(entry));
            }
        }
        var crc = new CRC32C();
        crc.update(bytes.slice(0, bytes.position()));
        bytes.putInt((int) crc.getValue()).flip();
        try (DiskFile file = disk.open(path)) {
            int size = bytes.remaining();
            file.write(bytes, 0);
            file.truncate(size);
        }
    }

    /// The index in the file, or null when there is none that can be used for `segmentBytes` of
    /// segment.
    static @Nullable SegmentIndex read(Disk disk, Path path, long baseOffset, long segmentBytes)
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
            return parse(bytes.flip(), baseOffset, segmentBytes);
        }
    }

    private static @Nullable SegmentIndex parse(
            ByteBuffer bytes, long baseOffset, long segmentBytes) {
        int size = bytes.remaining();
        var crc = new CRC32C();
        crc.update(bytes.slice(0, size - 4));
        int count = bytes.getInt(4);
        if ((int) crc.getValue() != bytes.getInt(size - 4)
                || bytes.getInt(0) != MAGIC
                || bytes.getLong(8) != baseOffset
                || HEADER_BYTES + (long) count * ENTRY_BYTES + 4 != size
                || bytes.getInt(16) > segmentBytes) {
            return null;
        }
        var index = new SegmentIndex();
        for (int entry = 0; entry < count; entry++) {
            int at = HEADER_BYTES + entry * ENTRY_BYTES;
            index.put(bytes.getInt(at), bytes.getInt(at + 4), bytes.getLong(at + 8));
        }
        index.covered(bytes.getInt(16), bytes.getLong(24));
        return index;
    }
}
