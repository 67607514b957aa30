package io.sinew.log;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Goes over the records of one batch, one after the other, and unpacks no more than it has come
/// to, so that a small batch that unpacks to a lot costs no memory; what it costs in time is for an
/// [UnpackBudget] to bound. A record, after its batch's decompression, is (all numbers zigzag
/// varints, Kafka's documentation, "Record"):
///
/// ```
/// length | attributes i8 | timestamp delta | offset delta | key length, key | value length, value
///        | header count, then: name length, name, value length, value …
/// ```
///
/// The codecs throw what they like when the bytes are not theirs, unchecked exceptions and
/// `SnappyError` too.
final class RecordCursor implements AutoCloseable {
    private static final int STEP_BYTES = 4 << 10;

    private final InputStream in;
    private final long baseOffset;
    private final long baseTimestamp;
    private final long maxTimestamp;
    private final boolean sameTime;
    private final int count;

    /// For keys and copies; made when there is one.
    private byte @Nullable [] step;

    private int index = -1;

    /// Bytes of the present record that were not read yet.
    private long remaining;

    private int attributes;
    private long timestampDelta;
    private long offsetDelta;
    private long keyBytes;

    private RecordCursor(ByteBuffer batch, InputStream in) {
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
        this.count = BatchV2Format.recordCount(batch, at);
    }

    /// Before the first record of the batch at the buffer's position.
    static RecordCursor of(ByteBuffer batch, UnpackBudget budget) throws IOException {
        return new RecordCursor(batch, unpacked(batch, budget, null));
    }

    /// As [#of]; the unpacked bytes go to `copy` as they are passed, all of them by the time that
    /// [#isAtEnd] says so.
    static RecordCursor copying(ByteBuffer batch, UnpackBudget budget, OutputStream copy)
            throws IOException {
        return new RecordCursor(batch, unpacked(batch, budget, copy));
    }

    private static InputStream unpacked(
            ByteBuffer batch, UnpackBudget budget, @Nullable OutputStream copy) throws IOException {
        int at = batch.position();
        int size = BatchV2Format.sizeBytes(batch, at);
        ByteBuffer packed =
                batch.slice(at + BatchV2Format.HEADER_BYTES, size - BatchV2Format.HEADER_BYTES);
        Compression codec = Compression.of(BatchV2Format.compression(batch, at));
        InputStream stream = codec.unpack(packed);
        if (codec != Compression.NONE) {
            stream = budget.spentBy(stream);
        }
        if (copy != null) {
            stream = new Copied(stream, copy);
        }
        return stream instanceof BufferBytes ? stream : new BufferedInputStream(stream);
    }

    /// Moves to the next record.
    ///
    /// @return false when there is none
    boolean next() throws IOException {
        in.skipNBytes(remaining);
        remaining = 0;
        if (index + 1 >= count) {
            return false;
        }
        index++;
        remaining = Long.MAX_VALUE;
        remaining = Math.max(0, varlong());
        attributes = nextByte();
        timestampDelta = varlong();
        offsetDelta = varlong();
        keyBytes = varlong();
        return true;
    }

    /// Whether nothing comes after the records that the batch says it has; for when [#next] has
    /// said that there are no more.
    boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    /// The record's number in its batch.
    int index() {
        return index;
    }

    long offsetDelta() {
        return offsetDelta;
    }

    long offset() {
        return baseOffset + offsetDelta;
    }

    /// In ms since 1970; the batch's where that is the time of all its records.
    long timestamp() {
        return sameTime ? maxTimestamp : sentTimestamp();
    }

    /// What the producer said, whatever the batch's timestamp type is.
    long sentTimestamp() {
        return baseTimestamp + timestampDelta;
    }

    boolean hasKey() {
        return keyBytes >= 0;
    }

    /// Reads the key of a record that has one; to be done once, if at all.
    void readKey(KeyHash hash) throws IOException {
        if (keyBytes > remaining) {
            throw new EOFException("a key is cut off");
        }
        hash.begin();
        for (long left = keyBytes; left > 0; ) {
            int size = readStep(left);
            hash.add(step(), 0, size);
            left -= size;
        }
        hash.end();
    }

    /// Whether there is a value, when the key was read; a record without is a tombstone.
    boolean hasValue() throws IOException {
        return varlong() >= 0;
    }

    /// Writes the record as it is, but for its time's distance from the batch's base timestamp;
    /// instead of reading its key.
    ///
    /// @param laterMs what to add to it
    void copyTo(OutputStream out, long laterMs) throws IOException {
        var prefix = ByteBuffer.allocate(1 + 3 * Varlong.MAX_BYTES);
        prefix.put((byte) attributes);
        Varlong.put(prefix, timestampDelta + laterMs);
        Varlong.put(prefix, offsetDelta);
        Varlong.put(prefix, keyBytes);
        var length = ByteBuffer.allocate(Varlong.MAX_BYTES);
        Varlong.put(length, prefix.position() + remaining);
        out.write(length.array(), 0, length.position());
        out.write(prefix.array(), 0, prefix.position());
        while (remaining > 0) {
            int size = readStep(remaining);
            out.write(step(), 0, size);
        }
    }

    /// The record on its own, as it is told to readers; instead of reading its key.
    PlainRecord toPlain() throws IOException {
        byte[] key = bytes(keyBytes);
        byte[] value = bytes(varlong());
        long headerCount = varlong();
        // Each takes two bytes at least: no list is made for more than can be there.
        if (headerCount < 0 || headerCount > remaining / 2) {
            throw new IOException("a record says that it has " + headerCount + " headers");
        }
        if (headerCount == 0) {
            return new PlainRecord(key, value, List.of(), timestamp());
        }
        var headers = new ArrayList<PlainRecord.Header>();
        for (long i = 0; i < headerCount; i++) {
            byte[] name = bytes(varlong());
            if (name == null) {
                throw new IOException("a header has no name");
            }
            headers.add(new PlainRecord.Header(name, bytes(varlong())));
        }
        return new PlainRecord(key, value, headers, timestamp());
    }

    /// The next bytes of the record; null for a negative count. A count that is not true costs no
    /// more memory than there are bytes.
    private byte @Nullable [] bytes(long count) throws IOException {
        if (count < 0) {
            return null;
        }
        if (count > remaining || count > Integer.MAX_VALUE) {
            throw new EOFException("a record is cut off");
        }
        int size = (int) count;
        byte[] bytes;
        if (in instanceof BufferBytes && size <= in.available()) {
            bytes = new byte[size];
            in.read(bytes, 0, size);
        } else {
            bytes = in.readNBytes(size);
        }
        if (bytes.length < size) {
            throw new EOFException("a record is cut off");
        }
        remaining -= size;
        return bytes;
    }

    /// Reads up to `wanted` bytes of the record.
    private int readStep(long wanted) throws IOException {
        byte[] bytes = step();
        long most = Math.min(Math.min(wanted, remaining), bytes.length);
        int size = most <= 0 ? -1 : in.read(bytes, 0, (int) most);
        if (size <= 0) {
            throw new EOFException("a record is cut off");
        }
        remaining -= size;
        return size;
    }

    private byte[] step() {
        if (step == null) {
            step = new byte[STEP_BYTES];
        }
        return step;
    }

    private int nextByte() throws IOException {
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
            int next = nextByte();
            raw |= (long) (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new IOException("a number is too long");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /// Writes down what is read through it.
    private static final class Copied extends FilterInputStream {
        private final OutputStream copy;

        Copied(InputStream in, OutputStream copy) {
            super(in);
            this.copy = copy;
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            if (value >= 0) {
                copy.write(value);
            }
            return value;
        }

        @Override
        public int read(byte[] target, int from, int count) throws IOException {
            int read = in.read(target, from, count);
            if (read > 0) {
                copy.write(target, from, read);
            }
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            // What is skipped is to be copied too: [InputStream#skipNBytes] reads on.
            return 0;
        }
    }
}
