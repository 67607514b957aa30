package io.sinew.kafkawire;

import io.sinew.base.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Builds frames in one heap array that grows and is used again after [#reset]. Records are not
/// copied into it: the writer puts down their length, remembers their place, and [#forEachPart]
/// hands them over between the bytes around them, so that a file's region can go from the disk to
/// the socket untouched.
///
/// `compact` has the meaning it has in [WireReader]. Not thread-safe; owned by one connection.
public final class WireWriter {
    /// The array that [#reset] keeps, in bytes, at most. One huge answer must not weigh on its
    /// connection for ever.
    public static final int MAX_KEPT_BYTES = 1 << 20;

    private static final int FRAME_LENGTH_BYTES = Integer.BYTES;
    private static final int FIRST_SPLICES = 4;
    private static final int MIN_GROWTH_BYTES = 64;

    private final int initialBytes;
    private final int maxSizeBytes;
    private byte[] bytes;
    private int used;

    /// Where the array must grow or the limit is reached: what the records take is not there for
    /// bytes.
    private int usable;

    /// Records number `i` stands before the byte at index `spliceAt[i]`.
    private @Nullable Records[] splices = new @Nullable Records[FIRST_SPLICES];

    private int[] spliceAt = new int[FIRST_SPLICES];
    private int spliceCount;
    private long spliceBytes;

    private int frameAt;
    private long sizeAtFrame;

    /// Takes what was written, in order.
    public interface PartConsumer {
        /// A stretch of the writer's own array, valid until the writer is reset or written to.
        void bytes(byte[] array, int offset, int length) throws IOException;

        void records(Records records) throws IOException;
    }

    /// Begins with an array of `initialBytes` and refuses to hold more than `maxSizeBytes`, records
    /// included.
    public WireWriter(int initialBytes, int maxSizeBytes) {
        Check.that(initialBytes <= maxSizeBytes, "a writer begins within its limit");
        this.initialBytes = initialBytes;
        this.maxSizeBytes = maxSizeBytes;
        this.bytes = new byte[initialBytes];
        this.usable = initialBytes;
    }

    /// Forgets all that was written.
    public void reset() {
        if (bytes.length > Math.max(initialBytes, MAX_KEPT_BYTES)) {
            bytes = new byte[initialBytes];
        }
        used = 0;
        Arrays.fill(splices, 0, spliceCount, null);
        spliceCount = 0;
        spliceBytes = 0;
        usable = bytes.length;
    }

    /// Bytes written so far, records included.
    public long size() {
        return used + spliceBytes;
    }

    /// Begins a frame: leaves room for its length.
    public void beginFrame() {
        frameAt = used;
        sizeAtFrame = size();
        writeInt32(0);
    }

    /// Fills in the length of the frame that [#beginFrame] began.
    public void endFrame() {
        putInt32(frameAt, (int) (size() - sizeAtFrame) - FRAME_LENGTH_BYTES);
    }

    /// Walks through everything written since the last reset, in order.
    public void forEachPart(PartConsumer consumer) throws IOException {
        int from = 0;
        for (int i = 0; i < spliceCount; i++) {
            if (spliceAt[i] > from) {
                consumer.bytes(bytes, from, spliceAt[i] - from);
                from = spliceAt[i];
            }
            Records records = splices[i];
            if (records != null) {
                consumer.records(records);
            }
        }
        if (used > from) {
            consumer.bytes(bytes, from, used - from);
        }
    }

    public void writeBool(boolean value) {
        writeInt8((byte) (value ? 1 : 0));
    }

    public void writeInt8(byte value) {
        room(Byte.BYTES);
        bytes[used++] = value;
    }

    public void writeInt16(short value) {
        room(Short.BYTES);
        bytes[used] = (byte) (value >> 8);
        bytes[used + 1] = (byte) value;
        used += Short.BYTES;
    }

    /// The low 16 bits of `value`; anything above them is refused.
    public void writeUint16(int value) {
        if (value >>> 16 != 0) {
            throw WireException.unencodable(value + " does not fit an unsigned 16-bit field");
        }
        writeInt16((short) value);
    }

    public void writeInt32(int value) {
        room(Integer.BYTES);
        putInt32(used, value);
        used += Integer.BYTES;
    }

    /// The low 32 bits of `value`; anything above them is refused.
    public void writeUint32(long value) {
        if (value >>> 32 != 0) {
            throw WireException.unencodable(value + " does not fit an unsigned 32-bit field");
        }
        writeInt32((int) value);
    }

    public void writeInt64(long value) {
        room(Long.BYTES);
        putInt32(used, (int) (value >> 32));
        putInt32(used + Integer.BYTES, (int) value);
        used += Long.BYTES;
    }

    public void writeFloat64(double value) {
        writeInt64(Double.doubleToRawLongBits(value));
    }

    public void writeUuid(UUID value) {
        writeInt64(value.getMostSignificantBits());
        writeInt64(value.getLeastSignificantBits());
    }

    /// `value` as 32 unsigned bits, seven to a byte.
    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            writeInt8((byte) (rest | 0x80));
            rest >>>= 7;
        }
        writeInt8((byte) rest);
    }

    public void writeString(@Nullable String value, boolean compact) {
        writeNullableString(present(value), compact);
    }

    public void writeNullableString(@Nullable String value, boolean compact) {
        if (value == null) {
            writeStringLength(-1, compact);
        } else if (isAscii(value)) {
            int length = value.length();
            writeStringLength(length, compact);
            room(length);
            for (int i = 0; i < length; i++) {
                bytes[used + i] = (byte) value.charAt(i);
            }
            used += length;
        } else {
            byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
            writeStringLength(encoded.length, compact);
            append(encoded);
        }
    }

    public void writeBytes(byte @Nullable [] value, boolean compact) {
        writeNullableBytes(present(value), compact);
    }

    public void writeNullableBytes(byte @Nullable [] value, boolean compact) {
        writeLength(value == null ? -1 : value.length, compact);
        if (value != null) {
            append(value);
        }
    }

    public void writeRecords(@Nullable Records value, boolean compact) {
        writeNullableRecords(present(value), compact);
    }

    /// Writes the length of `value` and keeps its place. `value` must stay as it is until the frame
    /// is sent.
    public void writeNullableRecords(@Nullable Records value, boolean compact) {
        int length = value == null ? -1 : value.sizeBytes();
        writeLength(length, compact);
        if (value != null && length > 0) {
            splice(value, length);
        }
    }

    void writeArrayCount(@Nullable List<?> list, boolean compact) {
        writeLength(present(list).size(), compact);
    }

    void writeNullableArrayCount(@Nullable List<?> list, boolean compact) {
        writeLength(list == null ? -1 : list.size(), compact);
    }

    /// Says whether a nullable struct follows.
    void writePresence(boolean present) {
        writeInt8((byte) (present ? 1 : -1));
    }

    /// Begins a tagged field; what it returns is for [#endTagged].
    int beginTagged(int tag) {
        writeUnsignedVarint(tag);
        return used;
    }

    /// Puts the length of a tagged field before its bytes, which it moves along. They are few: no
    /// schema has records in a tagged field, and the generator refuses one that has.
    void endTagged(int begin) {
        int length = used - begin;
        writeUnsignedVarint(length);
        int prefix = used - begin - length;
        byte[] last = Arrays.copyOfRange(bytes, used - prefix, used);
        System.arraycopy(bytes, begin, bytes, begin + prefix, length);
        System.arraycopy(last, 0, bytes, begin, prefix);
    }

    private void writeStringLength(int length, boolean compact) {
        if (length > WireReader.MAX_STRING_BYTES) {
            throw WireException.unencodable(
                    "a string of " + length + " bytes; at most " + WireReader.MAX_STRING_BYTES);
        }
        if (compact) {
            writeUnsignedVarint(length + 1);
        } else {
            writeInt16((short) length);
        }
    }

    private void writeLength(int length, boolean compact) {
        if (compact) {
            writeUnsignedVarint(length + 1);
        } else {
            writeInt32(length);
        }
    }

    private void append(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, used, value.length);
        used += value.length;
    }

    private void splice(Records records, int length) {
        checkSize(length);
        if (spliceCount == splices.length) {
            splices = Arrays.copyOf(splices, 2 * spliceCount);
            spliceAt = Arrays.copyOf(spliceAt, 2 * spliceCount);
        }
        splices[spliceCount] = records;
        spliceAt[spliceCount] = used;
        spliceCount++;
        spliceBytes += length;
        limitUsable();
    }

    private void room(int more) {
        if (more > usable - used) {
            checkSize(more);
            long wanted = Math.max((long) used + more, 2L * bytes.length + MIN_GROWTH_BYTES);
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, maxSizeBytes));
            limitUsable();
        }
    }

    private void limitUsable() {
        usable = (int) Math.min(bytes.length, maxSizeBytes - spliceBytes);
    }

    private void checkSize(int more) {
        if (size() + more > maxSizeBytes) {
            throw WireException.unencodable("a message of more than " + maxSizeBytes + " bytes");
        }
    }

    private void putInt32(int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw WireException.unencodable("null where the version does not allow it");
        }
        return value;
    }

    private static boolean isAscii(String value) {
        int all = 0;
        for (int i = 0; i < value.length(); i++) {
            all |= value.charAt(i);
        }
        return all < 0x80;
    }
}
