package io.sinew.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/// A valid record batch (format version 2, not compressed, without keys, headers or a producer id)
/// that is built once and sent many times. The checksum does not cover the base offset, so a broker
/// may keep the bytes as they are.
final class ReadyBatch {
    /// Bytes before the first record.
    static final int HEADER_SIZE_BYTES = 61;

    private static final int CRC_POSITION = 17;
    private static final int CHECKED_FROM_POSITION = 21;
    private static final int BEFORE_LENGTH_SIZE_BYTES = 12;
    private static final byte MAGIC = 2;

    private final byte[] bytes;
    private final int recordCount;

    private ReadyBatch(byte[] bytes, int recordCount) {
        this.bytes = bytes;
        this.recordCount = recordCount;
    }

    /// The batch, header included: not a copy, not to be changed.
    byte[] bytes() {
        return bytes;
    }

    int recordCount() {
        return recordCount;
    }

    /// A batch as a producer with `batch.size` = `batchSizeBytes` fills it: as many records as fit,
    /// at least one.
    ///
    /// @param valueSizeBytes the size of each record's value
    /// @param timestampMs of all records
    static ReadyBatch fill(int batchSizeBytes, int valueSizeBytes, long timestampMs) {
        var random = new SplittableRandom(batchSizeBytes + valueSizeBytes);
        var records = new ByteArrayOutputStream(batchSizeBytes);
        int count = 0;
        while (true) {
            byte[] value = new byte[valueSizeBytes];
            random.nextBytes(value);
            byte[] next = oneRecord(count, value);
            int sizeBytes = HEADER_SIZE_BYTES + records.size() + next.length;
            if (count > 0 && sizeBytes > batchSizeBytes) {
                break;
            }
            records.writeBytes(next);
            count++;
        }
        return new ReadyBatch(batch(records.toByteArray(), count, timestampMs), count);
    }

    private static byte[] batch(byte[] records, int count, long timestampMs) {
        var batch = ByteBuffer.allocate(HEADER_SIZE_BYTES + records.length);
        batch.putLong(0);
        batch.putInt(batch.capacity() - BEFORE_LENGTH_SIZE_BYTES);
        batch.putInt(-1);
        batch.put(MAGIC);
        batch.putInt(0);
        batch.putShort((short) 0);
        batch.putInt(count - 1);
        batch.putLong(timestampMs).putLong(timestampMs);
        batch.putLong(-1).putShort((short) -1).putInt(-1);
        batch.putInt(count);
        batch.put(records);
        var crc = new CRC32C();
        crc.update(batch.slice(CHECKED_FROM_POSITION, batch.capacity() - CHECKED_FROM_POSITION));
        batch.putInt(CRC_POSITION, (int) crc.getValue());
        return batch.array();
    }

    private static byte[] oneRecord(int offsetDelta, byte[] value) {
        var body = new ByteArrayOutputStream(value.length + 16);
        body.write(0);
        varint(body, 0);
        varint(body, offsetDelta);
        varint(body, -1);
        varint(body, value.length);
        body.writeBytes(value);
        varint(body, 0);
        var whole = new ByteArrayOutputStream(body.size() + 5);
        varint(whole, body.size());
        whole.writeBytes(body.toByteArray());
        return whole.toByteArray();
    }

    /// A signed number in zig-zag form.
    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = (value << 1) ^ (value >> 31);
        while (rest >>> 7 != 0) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }
}
