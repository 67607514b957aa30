package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The file `checkpoint`, version 1: everything a start needs besides the write-ahead log from `cut
/// lsn` on. It is written beside the old one, synced, and renamed over it. A start writes down the
/// one it found, with its own term as the last. Big endian:
///
/// ```
///  0  magic           u32   "SNC1"
///  4  checksum        u32   CRC-32C of everything after
///  8  wal file bytes  i32
/// 12  last term       i32   the largest that any process took: none takes it again
/// 16  term            i64   of the process that made it; no block from cut lsn on has less
/// 24  cut lsn         i64   all frames before it are in segments and sections
/// 32  cut seq         i64   sequence of the last frame before it
/// 40  sections        i32, then each: machine i32, seq i64 (records up to it are in), size i32, bytes
///     partitions      i32, then each: topic id 16 B, index i32, log start i64, flushed offset i64,
///                     active segment's base i64 (-1: none) and bytes i32, bytes of all segments i64,
///                     compacted offset i64, last abort marker's offset i64 (-1: none),
///                     epochs i32, then each: epoch i32, offset i64
/// ```
final class CheckpointV1Format {
    private static final int MAGIC = 0x534E4331;
    private static final int HEADER_BYTES = 40;
    private static final int POINT_BYTES = 16 + 4 + 8 + 8 + 8 + 4 + 8 + 8 + 8 + 4;
    private static final int EPOCH_BYTES = 12;

    private CheckpointV1Format() {}

    /// Where a partition stands on disk.
    ///
    /// @param flushedOffset everything before it is in segments
    /// @param activeBase base offset of the newest segment; -1 when there is none
    /// @param compactedOffset everything before it was compacted together; an earlier one costs
    ///   work, and nothing else
    /// @param lastAbort no transaction was aborted behind this offset; -1 when none ever was
    record PartitionPoint(
            PartitionId id,
            long logStartOffset,
            long flushedOffset,
            long activeBase,
            int activeBytes,
            long sizeBytes,
            long compactedOffset,
            long lastAbort,
            List<LeaderEpochs.Start> epochs) {
        static PartitionPoint empty(PartitionId id) {
            return new PartitionPoint(id, 0, 0, -1, 0, 0, 0, -1, List.of());
        }
    }

    record Checkpoint(
            int walFileBytes,
            int lastTerm,
            long term,
            long cutLsn,
            long cutSequence,
            List<LogOwner.Section> sections,
            List<PartitionPoint> partitions) {
        Checkpoint withLastTerm(int value) {
            return new Checkpoint(
                    walFileBytes, value, term, cutLsn, cutSequence, sections, partitions);
        }
    }

    static ByteBuffer write(Checkpoint checkpoint) {
        long size = HEADER_BYTES + 8L;
        for (LogOwner.Section section : checkpoint.sections()) {
            size += 16L + section.bytes().length;
        }
        for (PartitionPoint point : checkpoint.partitions()) {
            size += POINT_BYTES + (long) point.epochs().size() * EPOCH_BYTES;
        }
        var out = ByteBuffer.allocate(Math.toIntExact(size));
        out.putInt(MAGIC).putInt(0).putInt(checkpoint.walFileBytes());
        out.putInt(checkpoint.lastTerm());
        out.putLong(checkpoint.term());
        out.putLong(checkpoint.cutLsn()).putLong(checkpoint.cutSequence());
        out.putInt(checkpoint.sections().size());
        for (LogOwner.Section section : checkpoint.sections()) {
            out.putInt(section.machine()).putLong(section.sequence());
            out.putInt(section.bytes().length).put(section.bytes());
        }
        out.putInt(checkpoint.partitions().size());
        for (PartitionPoint point : checkpoint.partitions()) {
            putPoint(out, point);
        }
        out.putInt(4, checksum(out, out.position()));
        return out.flip();
    }

    private static void putPoint(ByteBuffer out, PartitionPoint point) {
        out.putLong(point.id().topicId().getMostSignificantBits());
        out.putLong(point.id().topicId().getLeastSignificantBits());
        out.putInt(point.id().index());
        out.putLong(point.logStartOffset()).putLong(point.flushedOffset());
        out.putLong(point.activeBase()).putInt(point.activeBytes()).putLong(point.sizeBytes());
        out.putLong(point.compactedOffset());
        out.putLong(point.lastAbort());
        out.putInt(point.epochs().size());
        for (LeaderEpochs.Start start : point.epochs()) {
            out.putInt(start.epoch()).putLong(start.offset());
        }
    }

    /// @throws SinewException `DAMAGED_DATA`
    static Checkpoint read(ByteBuffer in) {
        if (in.remaining() < HEADER_BYTES + 8
                || in.getInt(0) != MAGIC
                || in.getInt(4) != checksum(in, in.limit())) {
            throw new SinewException(
                    ErrorCode.DAMAGED_DATA,
                    "the file `checkpoint` in the data directory is damaged. Restore the data"
                            + " directory from a backup");
        }
        in.position(8);
        int walFileBytes = in.getInt();
        int lastTerm = in.getInt();
        long term = in.getLong();
        long cutLsn = in.getLong();
        long cutSequence = in.getLong();
        var sections = new ArrayList<LogOwner.Section>();
        for (int left = in.getInt(); left > 0; left--) {
            int machine = in.getInt();
            long sequence = in.getLong();
            var bytes = new byte[in.getInt()];
            in.get(bytes);
            sections.add(new LogOwner.Section(machine, sequence, bytes));
        }
        var partitions = new ArrayList<PartitionPoint>();
        for (int left = in.getInt(); left > 0; left--) {
            partitions.add(point(in));
        }
        return new Checkpoint(
                walFileBytes, lastTerm, term, cutLsn, cutSequence, sections, partitions);
    }

    private static PartitionPoint point(ByteBuffer in) {
        var id = new PartitionId(new UUID(in.getLong(), in.getLong()), in.getInt());
        long logStart = in.getLong();
        long flushed = in.getLong();
        long activeBase = in.getLong();
        int activeBytes = in.getInt();
        long sizeBytes = in.getLong();
        long compactedOffset = in.getLong();
        long lastAbort = in.getLong();
        var epochs = new ArrayList<LeaderEpochs.Start>();
        for (int left = in.getInt(); left > 0; left--) {
            epochs.add(new LeaderEpochs.Start(in.getInt(), in.getLong()));
        }
        return new PartitionPoint(
                id,
                logStart,
                flushed,
                activeBase,
                activeBytes,
                sizeBytes,
                compactedOffset,
                lastAbort,
                epochs);
    }

    private static int checksum(ByteBuffer bytes, int end) {
        var crc = new CRC32C();
        crc.update(bytes.slice(8, end - 8));
        return (int) crc.getValue();
    }
}
