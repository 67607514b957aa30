package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Kafka's record batch, version 2 (KIP-98; the layout is given in Kafka's own documentation under
/// "Message Format"). Sinew stores it byte for byte and writes to two places in it: the base offset
/// and the leader epoch, which the checksum leaves out for this purpose. With
/// `message.timestamp.type=LogAppendTime` it also stamps the time and renews the checksum. What
/// compaction makes of a batch is in [BatchRewrite].
///
/// ```
///  0  base offset        i64   of the first record
///  8  batch length       i32   bytes after this field
/// 12  leader epoch       i32
/// 16  magic              i8    2
/// 17  checksum           u32   CRC-32C of everything from `attributes` to the end
/// 21  attributes         i16   bits 0-2 compression, 3 timestamp type, 4 transactional, 5 control,
///                              6 base timestamp is the delete horizon (KIP-534)
/// 23  last offset delta  i32   last offset = base offset + this
/// 27  base timestamp     i64   ms since 1970
/// 35  max timestamp      i64   ms since 1970
/// 43  producer id        i64   -1 when the producer is not idempotent
/// 51  producer epoch     i16
/// 53  base sequence      i32
/// 57  record count       i32
/// 61  records
/// ```
///
/// Big endian. The accessors take the buffer and where the batch starts in it, so that nothing is
/// allocated for a batch on its way through.
public final class BatchV2Format {
    public static final int HEADER_BYTES = 61;

    /// Bytes before [#sizeBytes] is known.
    public static final int PREFIX_BYTES = 12;

    /// What a write-ahead frame's own checksum covers of the batch; the batch's checksum, which
    /// lies inside, covers the rest.
    static final int ENVELOPE_BYTES = 21;

    private static final int LENGTH = 8;
    private static final int LEADER_EPOCH = 12;
    private static final int MAGIC = 16;
    private static final int CRC = 17;
    private static final int ATTRIBUTES = 21;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int BASE_TIMESTAMP = 27;
    private static final int MAX_TIMESTAMP = 35;
    private static final int PRODUCER_ID = 43;
    private static final int PRODUCER_EPOCH = 51;
    private static final int BASE_SEQUENCE = 53;
    private static final int RECORD_COUNT = 57;

    /// Length, attributes, two deltas, the lengths of key and value, and the number of headers: a
    /// byte each.
    private static final int MIN_RECORD_BYTES = 7;

    /// Records that a compressed batch may claim. Each offset costs something for ever (a segment
    /// holds 2^31 of them), and how many records a few compressed bytes hold is not known before
    /// they are unpacked.
    private static final int MAX_COMPRESSED_RECORDS = 10_000_000;

    private static final int COMPRESSION_MASK = 0x07;
    private static final int LOG_APPEND_TIME = 0x08;
    private static final int TRANSACTIONAL = 0x10;
    private static final int CONTROL = 0x20;
    private static final int DELETE_HORIZON = 0x40;

    /// No producer id: the producer is not idempotent.
    public static final long NO_PRODUCER_ID = -1;

    private BatchV2Format() {}

    public static long baseOffset(ByteBuffer bytes, int at) {
        return bytes.getLong(at);
    }

    /// Size of the whole batch, its header included.
    public static int sizeBytes(ByteBuffer bytes, int at) {
        return PREFIX_BYTES + bytes.getInt(at + LENGTH);
    }

    public static int leaderEpoch(ByteBuffer bytes, int at) {
        return bytes.getInt(at + LEADER_EPOCH);
    }

    public static byte magic(ByteBuffer bytes, int at) {
        return bytes.get(at + MAGIC);
    }

    public static int compression(ByteBuffer bytes, int at) {
        return bytes.getShort(at + ATTRIBUTES) & COMPRESSION_MASK;
    }

    public static boolean hasLogAppendTime(ByteBuffer bytes, int at) {
        return (bytes.getShort(at + ATTRIBUTES) & LOG_APPEND_TIME) != 0;
    }

    public static boolean isTransactional(ByteBuffer bytes, int at) {
        return (bytes.getShort(at + ATTRIBUTES) & TRANSACTIONAL) != 0;
    }

    public static boolean isControl(ByteBuffer bytes, int at) {
        return (bytes.getShort(at + ATTRIBUTES) & CONTROL) != 0;
    }

    /// Whether compaction has decided when the tombstones in the batch, or the marker that it is,
    /// may go: then its base timestamp is that time.
    public static boolean hasDeleteHorizon(ByteBuffer bytes, int at) {
        return (bytes.getShort(at + ATTRIBUTES) & DELETE_HORIZON) != 0;
    }

    public static int lastOffsetDelta(ByteBuffer bytes, int at) {
        return bytes.getInt(at + LAST_OFFSET_DELTA);
    }

    public static long lastOffset(ByteBuffer bytes, int at) {
        return baseOffset(bytes, at) + lastOffsetDelta(bytes, at);
    }

    public static long baseTimestamp(ByteBuffer bytes, int at) {
        return bytes.getLong(at + BASE_TIMESTAMP);
    }

    public static long maxTimestamp(ByteBuffer bytes, int at) {
        return bytes.getLong(at + MAX_TIMESTAMP);
    }

    public static long producerId(ByteBuffer bytes, int at) {
        return bytes.getLong(at + PRODUCER_ID);
    }

    public static short producerEpoch(ByteBuffer bytes, int at) {
        return bytes.getShort(at + PRODUCER_EPOCH);
    }

    public static int baseSequence(ByteBuffer bytes, int at) {
        return bytes.getInt(at + BASE_SEQUENCE);
    }

    public static int recordCount(ByteBuffer bytes, int at) {
        return bytes.getInt(at + RECORD_COUNT);
    }

    /// The checksum that the header says.
    static int storedChecksum(ByteBuffer bytes, int at) {
        return bytes.getInt(at + CRC);
    }

    /// Whether the stored checksum is that of the bytes.
    public static boolean checksumHolds(ByteBuffer bytes, int at) {
        return bytes.getInt(at + CRC) == checksum(bytes, at);
    }

    /// Writes what the broker decides: where the batch stands in the partition. Outside the
    /// checksum.
    static void place(ByteBuffer bytes, int at, long baseOffset, int leaderEpoch) {
        bytes.putLong(at, baseOffset);
        bytes.putInt(at + LEADER_EPOCH, leaderEpoch);
    }

    /// Stamps a batch with the time of its append and renews the checksum.
    public static void stampLogAppendTime(ByteBuffer bytes, int at, long nowMs) {
        bytes.putShort(
                at + ATTRIBUTES, (short) (bytes.getShort(at + ATTRIBUTES) | LOG_APPEND_TIME));
        bytes.putLong(at + MAX_TIMESTAMP, nowMs);
        bytes.putInt(at + CRC, checksum(bytes, at));
    }

    /// Makes the header that a batch had fit its records in another packing, which reach to the
    /// buffer's limit, and renews the checksum.
    static void repack(ByteBuffer bytes, Compression codec, long maxTimestamp) {
        int at = bytes.position();
        int attributes = bytes.getShort(at + ATTRIBUTES) & ~COMPRESSION_MASK;
        bytes.putShort(at + ATTRIBUTES, (short) (attributes | codec.number()));
        bytes.putLong(at + MAX_TIMESTAMP, maxTimestamp);
        bytes.putInt(at + LENGTH, bytes.remaining() - PREFIX_BYTES);
        seal(bytes, at);
    }

    /// Puts the time at which tombstones or a marker may go. The checksum is [#seal]'s.
    static void putDeleteHorizon(ByteBuffer bytes, int at, long horizonMs) {
        bytes.putShort(at + ATTRIBUTES, (short) (bytes.getShort(at + ATTRIBUTES) | DELETE_HORIZON));
        bytes.putLong(at + BASE_TIMESTAMP, horizonMs);
    }

    /// Puts what is different when records were taken out, and seals.
    static void putRewritten(ByteBuffer bytes, int at, int recordCount, long maxTimestamp) {
        bytes.putInt(at + LENGTH, bytes.limit() - at - PREFIX_BYTES);
        bytes.putLong(at + MAX_TIMESTAMP, maxTimestamp);
        bytes.putInt(at + RECORD_COUNT, recordCount);
        seal(bytes, at);
    }

    /// Puts what is different when all records were taken out, and seals. The largest timestamp
    /// stays, so that the batch grows old.
    static void putEmpty(ByteBuffer bytes, int at) {
        int kept = LOG_APPEND_TIME | TRANSACTIONAL | CONTROL;
        bytes.putShort(at + ATTRIBUTES, (short) (bytes.getShort(at + ATTRIBUTES) & kept));
        bytes.putLong(at + BASE_TIMESTAMP, -1);
        putRewritten(bytes, at, 0, maxTimestamp(bytes, at));
    }

    /// Renews the checksum.
    static void seal(ByteBuffer bytes, int at) {
        bytes.putInt(at + CRC, checksum(bytes, at));
    }

    /// Fills in the header of a control batch that holds one uncompressed record; the record is
    /// there already.
    static void putControlHeader(
            ByteBuffer bytes, long producerId, short producerEpoch, long nowMs) {
        bytes.putLong(0, 0).putInt(LENGTH, bytes.limit() - PREFIX_BYTES).putInt(LEADER_EPOCH, -1);
        bytes.put(MAGIC, (byte) 2).putShort(ATTRIBUTES, (short) (TRANSACTIONAL | CONTROL));
        bytes.putInt(LAST_OFFSET_DELTA, 0).putLong(BASE_TIMESTAMP, nowMs);
        bytes.putLong(MAX_TIMESTAMP, nowMs).putLong(PRODUCER_ID, producerId);
        bytes.putShort(PRODUCER_EPOCH, producerEpoch).putInt(BASE_SEQUENCE, -1);
        bytes.putInt(RECORD_COUNT, 1).putInt(CRC, checksum(bytes, 0));
    }

    /// Fills in the header of an uncompressed batch from this process, whose records are there
    /// already and reach to the limit.
    static void putPlainHeader(ByteBuffer bytes, int recordCount, long baseMs, long maxMs) {
        bytes.putLong(0, 0).putInt(LENGTH, bytes.limit() - PREFIX_BYTES).putInt(LEADER_EPOCH, -1);
        bytes.put(MAGIC, (byte) 2).putShort(ATTRIBUTES, (short) 0);
        bytes.putInt(LAST_OFFSET_DELTA, recordCount - 1).putLong(BASE_TIMESTAMP, baseMs);
        bytes.putLong(MAX_TIMESTAMP, maxMs).putLong(PRODUCER_ID, NO_PRODUCER_ID);
        bytes.putShort(PRODUCER_EPOCH, (short) -1).putInt(BASE_SEQUENCE, -1);
        bytes.putInt(RECORD_COUNT, recordCount);
        seal(bytes, 0);
    }

    /// Checks that `bytes`, from position to limit, is exactly one well-formed batch from a
    /// producer, as far as that can be told without unpacking the records.
    ///
    /// @throws SinewException `CORRUPT_BATCH` when the bytes are damaged, `INVALID_RECORD` when
    ///   they are intact but not what a producer may send
    public static void requireOne(ByteBuffer bytes) {
        int at = bytes.position();
        int available = bytes.remaining();
        if (available < HEADER_BYTES) {
            throw cut("the batch is cut off after " + available + " bytes");
        }
        if (magic(bytes, at) < 0 || magic(bytes, at) > 2) {
            throw corrupt("there is no message format " + magic(bytes, at));
        }
        if (magic(bytes, at) != 2) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD,
                    "the batch has message format "
                            + magic(bytes, at)
                            + "; Sinew stores format 2 (clients from Kafka 0.11 on send it)");
        }
        int size = sizeBytes(bytes, at);
        if (size < HEADER_BYTES) {
            throw corrupt("the batch says " + size + " bytes, too few for a batch");
        }
        if (size > available) {
            throw cut("the batch says " + size + " bytes and comes with " + available);
        }
        if (size != available) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD,
                    "a partition's data must be exactly one batch; there is more behind the first");
        }
        if (!checksumHolds(bytes, at)) {
            throw corrupt("the batch's checksum does not match its bytes");
        }
        requireSane(bytes, at);
    }

    private static void requireSane(ByteBuffer bytes, int at) {
        int count = recordCount(bytes, at);
        if (count <= 0 || lastOffsetDelta(bytes, at) != count - 1) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD,
                    "a batch with last offset delta "
                            + lastOffsetDelta(bytes, at)
                            + " must hold one record more than that, not "
                            + count);
        }
        int most =
                compression(bytes, at) == 0
                        ? (sizeBytes(bytes, at) - HEADER_BYTES) / MIN_RECORD_BYTES
                        : MAX_COMPRESSED_RECORDS;
        if (count > most) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD,
                    "a batch of "
                            + sizeBytes(bytes, at)
                            + " bytes cannot hold "
                            + count
                            + " records; at most "
                            + most);
        }
        if (isControl(bytes, at)) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD, "producers may not send control batches");
        }
        if (hasLogAppendTime(bytes, at)) {
            throw new SinewException(
                    ErrorCode.INVALID_TIMESTAMP, "producers may not set the log append time");
        }
        if (hasDeleteHorizon(bytes, at)) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD, "producers may not set a delete horizon");
        }
        if (compression(bytes, at) > 4) {
            throw new SinewException(
                    ErrorCode.UNSUPPORTED_COMPRESSION,
                    "unknown compression codec " + compression(bytes, at));
        }
        if (producerId(bytes, at) >= 0
                && (producerEpoch(bytes, at) < 0 || baseSequence(bytes, at) < 0)) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD,
                    "a batch with a producer id needs an epoch and a sequence");
        }
    }

    private static int checksum(ByteBuffer bytes, int at) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate().limit(at + sizeBytes(bytes, at)).position(at + ATTRIBUTES));
        return (int) crc.getValue();
    }

    /// As with Kafka, a producer that sends less than it says is not asked to send it once more.
    private static SinewException cut(String message) {
        return new SinewException(ErrorCode.INVALID_RECORD, message);
    }

    private static SinewException corrupt(String message) {
        return new SinewException(ErrorCode.CORRUPT_BATCH, message);
    }
}
