package io.sinew.log;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// The records of one batch, unpacked one at a time: at [#next] it stands on a record whose offset
/// and time it knows; then the key, then whether there is a value. Nothing is kept of what was
/// read, so that it costs no memory, however long keys and values are. It never reads beyond the
/// record that it is in. [BatchRecords] gives the format.
final class RecordStream {
    private static final int STEP_BYTES = 4 << 10;
    private static final int MAX_VARINT_BYTES = 10;

    private final InputStream in;
    private final long baseOffset;
    private final long baseTimestamp;
    private final long maxTimestamp;
    private final boolean sameTime;
    private final byte[] step = new byte[STEP_BYTES];

    /// Bytes of the record that were not read yet.
    private long remaining;

    private int attributes;
    private long timestampDelta;
    private long offsetDelta;

    /// @param in the records, unpacked
    RecordStream(InputStream in, ByteBuffer batch) {
        int at = batch.position();
        this.in = in;
        this.baseOffset = BatchV2Format.baseOffset(batch, at);
        this.baseTimestamp = BatchV2Format.baseTimestamp(batch, at);
        this.maxTimestamp = BatchV2Format.maxTimestamp(batch, at);
        // In a marker the delete horizon is put over the base timestamp, and nothing else changed.
        this.sameTime =
                BatchV2Format.hasLogAppendTime(batch, at)
                        || (BatchV2Format.isControl(batch, at)
                                && BatchV2Format.hasDeleteHorizon(batch, at));
    }

    /// Goes to the next record, when the last one was read to its end.
    void next() throws IOException {
        remaining = Long.MAX_VALUE;
        remaining = Math.max(0, varlong());
        attributes = read();
        timestampDelta = varlong();
        offsetDelta = varlong();
    }

    long offset() {
        return baseOffset + offsetDelta;
    }

    /// In ms since 1970; the batch's where that is the time of all its records.
    long timestamp() {
        return sameTime ? maxTimestamp : baseTimestamp + timestampDelta;
    }

    /// Length of the key in bytes; -1 when there is none.
    int keyBytes() throws IOException {
        long size = varlong();
        if (size < -1 || size > Math.min(remaining, Integer.MAX_VALUE)) {
            throw new EOFException("a key is cut off");
        }
        return (int) size;
    }

    /// Reads a key of so many bytes.
    void readKey(int keyBytes, KeyHash hash) throws IOException {
        hash.begin();
        for (int left = keyBytes; left > 0; ) {
            int count = readStep(left);
            hash.add(step, 0, count);
            left -= count;
        }
        hash.end();
    }

    /// Whether there is a value; a record without is a tombstone.
    boolean hasValue() throws IOException {
        return varlong() >= 0;
    }

    void skipRest() throws IOException {
        in.skipNBytes(remaining);
        remaining = 0;
    }

    /// Writes the record as it is, but for its time's distance from the batch's base timestamp.
    ///
    /// @param laterMs what to add to it
    void copyTo(OutputStream out, long laterMs) throws IOException {
        var prefix = ByteBuffer.allocate(1 + 2 * MAX_VARINT_BYTES);
        prefix.put((byte) attributes);
        putVarlong(prefix, timestampDelta + laterMs);
        putVarlong(prefix, offsetDelta);
        var length = ByteBuffer.allocate(MAX_VARINT_BYTES);
        putVarlong(length, prefix.position() + remaining);
        out.write(length.array(), 0, length.position());
        out.write(prefix.array(), 0, prefix.position());
        while (remaining > 0) {
            out.write(step, 0, readStep(remaining));
        }
    }

    private static void putVarlong(ByteBuffer out, long value) {
        long left = (value << 1) ^ (value >> 63);
        while ((left & ~0x7fL) != 0) {
            out.put((byte) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
    }

    /// Reads up to `wanted` bytes of the record.
    private int readStep(long wanted) throws IOException {
        long most = Math.min(Math.min(wanted, remaining), step.length);
        int count = most <= 0 ? -1 : in.read(step, 0, (int) most);
        if (count <= 0) {
            throw new EOFException("a record is cut off");
        }
        remaining -= count;
        return count;
    }

    private int read() throws IOException {
        int value = remaining > 0 ? in.read() : -1;
        if (value < 0) {
            throw new EOFException("a record is cut off");
        }
        remaining--;
        return value;
    }

    private long varlong() throws IOException {
        long raw = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = read();
            raw |= (long) (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new IOException("a number is too long");
    }
}
