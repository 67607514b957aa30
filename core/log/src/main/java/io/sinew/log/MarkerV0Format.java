package io.sinew.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// The control batch that ends a transaction in a partition (KIP-98): one record, whose key says
/// how it ended and whose value is the coordinator's epoch. To it comes a header of Sinew's own, so
/// that a segment by itself says which of its records were aborted. Behind the batch's 61 bytes:
///
/// ```
/// 61  length            varint
/// 62  attributes i8 | timestamp delta varint | offset delta varint   all 0
/// 65  key length        varint  4
/// 66  version           i16     0
/// 68  type              i16     0 abort, 1 commit
/// 70  value length      varint  6
/// 71  version           i16     0
/// 73  coordinator epoch i32
/// 77  headers           varint  0, or 1 when the partition has records of the transaction:
/// 78  name length       varint  9
/// 79  name                      "sinew-txn"
/// 88  value length      varint  16
/// 89  first offset      i64     of the transaction
/// 97  last stable       i64     offset of the partition right after this batch
/// ```
public final class MarkerV0Format {
    private static final byte[] HEADER_NAME = "sinew-txn".getBytes(StandardCharsets.US_ASCII);

    private static final int TYPE = 68;
    private static final int COORDINATOR_EPOCH = 73;
    private static final int HEADER_COUNT = 77;
    private static final int NAME = 79;
    private static final int FIRST_OFFSET = NAME + HEADER_NAME.length + 1;
    private static final int LAST_STABLE = FIRST_OFFSET + Long.BYTES;
    private static final int BYTES_WITHOUT_HEADER = HEADER_COUNT + 1;
    private static final int BYTES = LAST_STABLE + Long.BYTES;

    private static final short ABORT = 0;
    private static final short COMMIT = 1;

    private MarkerV0Format() {}

    /// What a marker says.
    ///
    /// @param firstOffset of the transaction in this partition; -1 when it has no records there
    /// @param lastStableOffset right after the marker
    public record Marker(
            long producerId,
            short producerEpoch,
            boolean commit,
            int coordinatorEpoch,
            long firstOffset,
            long lastStableOffset) {}

    /// The batch, still without its place in the partition.
    public static ByteBuffer encode(Marker marker, long nowMs) {
        boolean withHeader = marker.firstOffset() >= 0;
        var out = ByteBuffer.allocate(withHeader ? BYTES : BYTES_WITHOUT_HEADER);
        int recordBytes = out.capacity() - BatchV2Format.HEADER_BYTES - 1;
        out.position(BatchV2Format.HEADER_BYTES);
        out.put(smallVarint(recordBytes)).put((byte) 0).put((byte) 0).put((byte) 0);
        out.put(smallVarint(4)).putShort((short) 0).putShort(marker.commit() ? COMMIT : ABORT);
        out.put(smallVarint(6)).putShort((short) 0).putInt(marker.coordinatorEpoch());
        out.put(smallVarint(withHeader ? 1 : 0));
        if (withHeader) {
            out.put(smallVarint(HEADER_NAME.length)).put(HEADER_NAME);
            out.put(smallVarint(2 * Long.BYTES));
            out.putLong(marker.firstOffset()).putLong(marker.lastStableOffset());
        }
        out.flip();
        BatchV2Format.putControlHeader(out, marker.producerId(), marker.producerEpoch(), nowMs);
        return out;
    }

    private static byte smallVarint(int value) {
        return (byte) (value << 1);
    }

    /// Whether a control batch ends a transaction; one that compaction emptied says nothing.
    private static boolean isMarker(ByteBuffer bytes, int at) {
        return BatchV2Format.isControl(bytes, at)
                && BatchV2Format.recordCount(bytes, at) == 1
                && BatchV2Format.sizeBytes(bytes, at) >= BYTES_WITHOUT_HEADER;
    }

    /// What the batch says if it ends a transaction.
    public static Optional<Marker> decode(ByteBuffer bytes, int at) {
        if (!isMarker(bytes, at)) {
            return Optional.empty();
        }
        boolean known = hasHeader(bytes, at);
        return Optional.of(
                new Marker(
                        BatchV2Format.producerId(bytes, at),
                        BatchV2Format.producerEpoch(bytes, at),
                        bytes.getShort(at + TYPE) == COMMIT,
                        bytes.getInt(at + COORDINATOR_EPOCH),
                        known ? bytes.getLong(at + FIRST_OFFSET) : -1,
                        known ? bytes.getLong(at + LAST_STABLE) : -1));
    }

    /// The transaction that the batch aborted, if it did and the partition has records of it.
    static Optional<AbortedTransaction> aborted(ByteBuffer bytes, int at) {
        return decode(bytes, at)
                .filter(marker -> !marker.commit() && marker.firstOffset() >= 0)
                .map(marker ->
                        new AbortedTransaction(
                                marker.producerId(),
                                marker.firstOffset(),
                                BatchV2Format.baseOffset(bytes, at),
                                marker.lastStableOffset()));
    }

    private static boolean hasHeader(ByteBuffer bytes, int at) {
        if (BatchV2Format.sizeBytes(bytes, at) != BYTES
                || bytes.get(at + HEADER_COUNT) != smallVarint(1)) {
            return false;
        }
        var name = new byte[HEADER_NAME.length];
        bytes.get(at + NAME, name);
        return Arrays.equals(name, HEADER_NAME);
    }
}
