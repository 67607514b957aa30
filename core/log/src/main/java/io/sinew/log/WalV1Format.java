package io.sinew.log;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The write-ahead log on disk, version 1.
///
/// The log is one endless sequence of bytes; a position in it is an LSN. It is cut into files of
/// equal size, named by number (`wal/0000000000000003.wal` holds LSN 3 x size up to 4 x size),
/// zero-filled ahead and used again after a checkpoint, so that a sync changes no metadata. Old
/// content of a file that is used again is told from new by the LSN, which every block repeats.
///
/// Producers choose the bytes of batches, and batches span pages. So that none can put a page into
/// one that passes for a block, each checksum also covers, before all else, the *salt* of the data
/// directory (8 bytes, see [DataDirectory]), which nobody outside learns.
///
/// A *block* is what one writer pass put down; it starts on a page of 4 KiB, so that no sync ever
/// rewrites a page that holds acknowledged data. Big endian:
///
/// ```
///  0  magic        u32   "SNW1"
///  4  checksum     u32   CRC-32C of the salt and of bytes 8 to 48
///  8  lsn          i64   where the block stands
/// 16  synced lsn   i64   everything before it was durable when the block was written
/// 24  first seq    i64   sequence of the first frame
/// 32  size         i32   bytes, header included, padding to the page left out
/// 36  frames       i32   0: nothing follows in this file, go on with the next
/// 40  term         i64   number of the process start that wrote it; never decreases along the log
/// 48  frames …
/// ```
///
/// A *frame* is one append:
///
/// ```
///  0  size         i32   bytes, header included
///  4  checksum     u32   CRC-32C of the salt, bytes 8 to 40 and the body, or the first 21 bytes of
///                        the body when it is a batch: the batch's own checksum, among them, covers
///                        the rest. Exclusive or the low half of the block's term, so that pages
///                        which an earlier process left in the same place do not pass for this
///                        block's
///  8  seq          i64   1, 2, 3 … over all frames
/// 16  kind         i32   1 batch, 2 state record, 3 trim
/// 20  number       i32   partition; for a state record: the machine it belongs to
/// 24  topic id     16 B
/// 40  body               a batch; a state record; or the new log start offset (i64)
/// ```
///
/// **What damage means.** Recovery takes blocks while each is intact and stands where its LSN says.
/// The first that is not may be the torn end of the last write, which nobody was promised: then no
/// later block can know, by its `synced lsn`, that this place was once durable, and the log is cut
/// there. If one does, acknowledged data was damaged and the start is refused.
final class WalV1Format {
    static final int BLOCK_ALIGNMENT = 4096;
    static final int BLOCK_HEADER_BYTES = 48;
    static final int FRAME_HEADER_BYTES = 40;

    static final int KIND_BATCH = 1;
    static final int KIND_STATE = 2;
    static final int KIND_TRIM = 3;

    private static final int MAGIC = 0x534E5731;

    private WalV1Format() {}

    /// The header of a block that was read and found intact.
    record BlockHeader(
            long lsn,
            long syncedLsn,
            long firstSequence,
            int sizeBytes,
            int frameCount,
            long term) {
        long endLsn() {
            return lsn + paddedSize(sizeBytes);
        }

        boolean endsFile() {
            return frameCount == 0;
        }
    }

    static int paddedSize(int sizeBytes) {
        return (sizeBytes + BLOCK_ALIGNMENT - 1) & -BLOCK_ALIGNMENT;
    }

    static void putBlockHeader(ByteBuffer out, int at, BlockHeader header, long salt) {
        out.putInt(at, MAGIC);
        out.putLong(at + 8, header.lsn());
        out.putLong(at + 16, header.syncedLsn());
        out.putLong(at + 24, header.firstSequence());
        out.putInt(at + 32, header.sizeBytes());
        out.putInt(at + 36, header.frameCount());
        out.putLong(at + 40, header.term());
        out.putInt(at + 4, headerChecksum(out, at, salt));
    }

    /// The header at `at` if there is an intact one, else null. Says nothing about the frames.
    static @org.jspecify.annotations.Nullable BlockHeader blockHeader(
            ByteBuffer in, int at, long salt) {
        if (in.getInt(at) != MAGIC || in.getInt(at + 4) != headerChecksum(in, at, salt)) {
            return null;
        }
        return new BlockHeader(
                in.getLong(at + 8),
                in.getLong(at + 16),
                in.getLong(at + 24),
                in.getInt(at + 32),
                in.getInt(at + 36),
                in.getLong(at + 40));
    }

    /// What a frame's header says.
    record FrameHeader(int kind, long sequence, PartitionId partition) {}

    /// Writes the header of a frame whose body already stands behind it.
    ///
    /// @param term of the frame's block
    static void putFrameHeader(
            ByteBuffer out, int at, FrameHeader header, int bodyBytes, long term, long salt) {
        PartitionId partition = header.partition();
        out.putInt(at, FRAME_HEADER_BYTES + bodyBytes);
        out.putLong(at + 8, header.sequence());
        out.putInt(at + 16, header.kind());
        out.putInt(at + 20, partition.index());
        out.putLong(at + 24, partition.topicId().getMostSignificantBits());
        out.putLong(at + 32, partition.topicId().getLeastSignificantBits());
        out.putInt(at + 4, frameChecksum(out, at, bodyBytes, term, salt));
    }

    static int frameSize(ByteBuffer in, int at) {
        return in.getInt(at);
    }

    static long frameSequence(ByteBuffer in, int at) {
        return in.getLong(at + 8);
    }

    static int frameKind(ByteBuffer in, int at) {
        return in.getInt(at + 16);
    }

    static FrameHeader frameHeader(ByteBuffer in, int at) {
        var topicId = new UUID(in.getLong(at + 24), in.getLong(at + 32));
        var partition = new PartitionId(topicId, in.getInt(at + 20));
        return new FrameHeader(frameKind(in, at), frameSequence(in, at), partition);
    }

    /// Whether the frame at `at` is intact, a batch in it included, and of this term; `limit` is
    /// where the block ends.
    static boolean frameHolds(ByteBuffer in, int at, int limit, long term, long salt) {
        if (limit - at < FRAME_HEADER_BYTES) {
            return false;
        }
        int bodyBytes = frameSize(in, at) - FRAME_HEADER_BYTES;
        if (bodyBytes < 0 || bodyBytes > limit - at - FRAME_HEADER_BYTES) {
            return false;
        }
        int kind = frameKind(in, at);
        int body = at + FRAME_HEADER_BYTES;
        if (kind == KIND_BATCH
                && (bodyBytes < BatchV2Format.HEADER_BYTES
                        || BatchV2Format.sizeBytes(in, body) != bodyBytes)) {
            return false;
        }
        return in.getInt(at + 4) == frameChecksum(in, at, bodyBytes, term, salt)
                && (kind != KIND_BATCH || BatchV2Format.checksumHolds(in, body));
    }

    private static int frameChecksum(
            ByteBuffer bytes, int at, int bodyBytes, long term, long salt) {
        boolean batch = frameKind(bytes, at) == KIND_BATCH;
        int covered = batch ? BatchV2Format.ENVELOPE_BYTES : bodyBytes;
        int body = at + FRAME_HEADER_BYTES;
        CRC32C crc = salted(salt);
        add(crc, bytes, at + 8, FRAME_HEADER_BYTES - 8);
        add(crc, bytes, body, covered);
        return (int) term ^ (int) crc.getValue();
    }

    private static int headerChecksum(ByteBuffer bytes, int at, long salt) {
        CRC32C crc = salted(salt);
        add(crc, bytes, at + 8, BLOCK_HEADER_BYTES - 8);
        return (int) crc.getValue();
    }

    private static CRC32C salted(long salt) {
        var crc = new CRC32C();
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            crc.update((int) (salt >>> shift) & 0xff);
        }
        return crc;
    }

    private static void add(CRC32C crc, ByteBuffer bytes, int at, int count) {
        crc.update(bytes.duplicate().limit(at + count).position(at));
    }
}
