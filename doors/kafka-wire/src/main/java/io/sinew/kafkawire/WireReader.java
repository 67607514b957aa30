package io.sinew.kafkawire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads the protocol's types from one frame. The frame comes from a stranger: every read checks
/// that the bytes are there, and a length or count is believed only as far as the rest of the frame
/// could hold it, before anything is allocated for it. So what one frame makes us allocate is a
/// small multiple of its size, whatever it says. Every refusal is a [WireException] that names the
/// byte.
///
/// `compact` asks for the form that flexible versions use (KIP-482): lengths as unsigned varints,
/// one more than the length, 0 for null. The other form is a fixed-width length, -1 for null.
///
/// Invalid UTF-8 is refused, not replaced: replacing would make one name of two group ids.
///
/// Not thread-safe. Heap and direct buffers both do; a heap buffer saves a copy per string.
public final class WireReader {
    /// Elements in one array, at most. The number that Kafka 4.4 chose.
    public static final int MAX_ARRAY_COUNT = 1_000_000;

    /// Tagged fields in one struct, at most. The number that Kafka 4.4 chose.
    public static final int MAX_TAG_COUNT = 10_000;

    /// Bytes in one string, at most: what the protocol's int16 lengths can say.
    public static final int MAX_STRING_BYTES = Short.MAX_VALUE;

    private final ByteBuffer frame;
    private final int start;
    private @Nullable CharsetDecoder decoder;

    /// Reads from `frame`'s position to its limit. The buffer's own position stays where it is.
    public WireReader(ByteBuffer frame) {
        this.frame = frame.duplicate();
        this.start = frame.position();
    }

    /// Bytes read so far.
    public int position() {
        return frame.position() - start;
    }

    /// Bytes left in the frame.
    public int remaining() {
        return frame.remaining();
    }

    /// The int16 that begins `ahead` bytes further on, left unread. A request's first two are its
    /// API key and version, which say how to read its header.
    public short peekInt16(int ahead) {
        need(ahead + Short.BYTES);
        return frame.getShort(frame.position() + ahead);
    }

    public boolean readBool() {
        return readInt8() != 0;
    }

    public byte readInt8() {
        need(Byte.BYTES);
        return frame.get();
    }

    public short readInt16() {
        need(Short.BYTES);
        return frame.getShort();
    }

    public int readUint16() {
        return readInt16() & 0xffff;
    }

    public int readInt32() {
        need(Integer.BYTES);
        return frame.getInt();
    }

    public long readUint32() {
        return readInt32() & 0xffff_ffffL;
    }

    public long readInt64() {
        need(Long.BYTES);
        return frame.getLong();
    }

    public double readFloat64() {
        need(Double.BYTES);
        return frame.getDouble();
    }

    public UUID readUuid() {
        need(2 * Long.BYTES);
        long most = frame.getLong();
        long least = frame.getLong();
        return (most | least) == 0 ? Message.ZERO_UUID : new UUID(most, least);
    }

    /// A varint of at most five bytes and 32 bits; beyond `Integer.MAX_VALUE` it comes out
    /// negative.
    public int readUnsignedVarint() {
        int at = position();
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            byte part = readInt8();
            value |= (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        byte last = readInt8();
        if ((last & 0xf0) != 0) {
            throw WireException.malformed(at, "a varint of more than 32 bits");
        }
        return value | last << 28;
    }

    public String readString(boolean compact) {
        int at = position();
        return present(readNullableString(compact), at);
    }

    public @Nullable String readNullableString(boolean compact) {
        int at = position();
        int length = compact ? readUnsignedVarint() - 1 : readInt16();
        if (length == -1) {
            return null;
        }
        if (length > MAX_STRING_BYTES) {
            throw WireException.malformed(at, "a string of " + length + " bytes");
        }
        checkLength(length, at);
        return length == 0 ? "" : decodeUtf8(length, at);
    }

    public byte[] readBytes(boolean compact) {
        int at = position();
        return present(readNullableBytes(compact), at);
    }

    public byte @Nullable [] readNullableBytes(boolean compact) {
        int length = readLength(compact);
        if (length <= 0) {
            return length < 0 ? null : Message.NO_BYTES;
        }
        byte[] bytes = new byte[length];
        frame.get(bytes);
        return bytes;
    }

    /// The records as a window on the frame.
    public Records readRecords(boolean compact) {
        int at = position();
        return present(readNullableRecords(compact), at);
    }

    /// The records as a window on the frame, or null.
    public @Nullable Records readNullableRecords(boolean compact) {
        int length = readLength(compact);
        if (length < 0) {
            return null;
        }
        int from = frame.position();
        frame.position(from + length);
        return new BufferRecords(frame.slice(from, length));
    }

    /// The number of elements that follow, each of at least `minElementBytes` bytes.
    int readArrayCount(boolean compact, int minElementBytes) {
        int at = position();
        int count = readNullableArrayCount(compact, minElementBytes);
        if (count < 0) {
            throw WireException.malformed(at, "null where the version does not allow it");
        }
        return count;
    }

    /// As [#readArrayCount], or -1 for null.
    int readNullableArrayCount(boolean compact, int minElementBytes) {
        int at = position();
        int count = compact ? readUnsignedVarint() - 1 : readInt32();
        if (count < -1
                || count > MAX_ARRAY_COUNT
                || (long) count * minElementBytes > frame.remaining()) {
            throw WireException.malformed(
                    at, "an array of " + count + " elements, with " + remaining() + " bytes left");
        }
        return count;
    }

    /// Whether a nullable struct follows.
    boolean readPresence() {
        return readInt8() >= 0;
    }

    /// The number of tagged fields that follow.
    int readTagCount() {
        int at = position();
        int count = readUnsignedVarint();
        if (count < 0 || count > MAX_TAG_COUNT || 2 * count > frame.remaining()) {
            throw WireException.malformed(
                    at,
                    Integer.toUnsignedString(count)
                            + " tagged fields, with "
                            + remaining()
                            + " bytes left");
        }
        return count;
    }

    /// The position at which the tagged field that begins here must end.
    int beginTagged() {
        int at = position();
        int length = readUnsignedVarint();
        checkLength(length, at);
        return position() + length;
    }

    void endTagged(int end) {
        if (position() != end) {
            throw WireException.malformed(
                    position(), "a tagged field ends here, but its length says at " + end);
        }
    }

    /// Passes over the unknown tagged field that ends at `end`.
    void skipTagged(int end) {
        frame.position(start + end);
    }

    /// Passes over all tagged fields of a struct that knows none.
    void skipTags() {
        int count = readTagCount();
        for (int i = 0; i < count; i++) {
            readUnsignedVarint();
            skipTagged(beginTagged());
        }
    }

    private int readLength(boolean compact) {
        int at = position();
        int length = compact ? readUnsignedVarint() - 1 : readInt32();
        if (length != -1) {
            checkLength(length, at);
        }
        return length;
    }

    private void checkLength(int length, int at) {
        if (length < 0 || length > frame.remaining()) {
            throw WireException.malformed(
                    at, "a length of " + length + ", with " + remaining() + " bytes left");
        }
    }

    private void need(int bytes) {
        if (bytes > frame.remaining()) {
            throw WireException.malformed(
                    position(), bytes + " bytes needed, " + remaining() + " left");
        }
    }

    private static <T> T present(@Nullable T value, int at) {
        if (value == null) {
            throw WireException.malformed(at, "null where the version does not allow it");
        }
        return value;
    }

    private String decodeUtf8(int length, int at) {
        byte[] bytes;
        int from;
        if (frame.hasArray()) {
            bytes = frame.array();
            from = frame.arrayOffset() + frame.position();
            frame.position(frame.position() + length);
        } else {
            bytes = new byte[length];
            from = 0;
            frame.get(bytes);
        }
        return isAscii(bytes, from, length)
                ? new String(bytes, from, length, StandardCharsets.ISO_8859_1)
                : decodeBeyondAscii(ByteBuffer.wrap(bytes, from, length), at);
    }

    private static boolean isAscii(byte[] bytes, int from, int length) {
        byte all = 0;
        for (int i = from; i < from + length; i++) {
            all |= bytes[i];
        }
        return all >= 0;
    }

    private String decodeBeyondAscii(ByteBuffer bytes, int at) {
        if (decoder == null) {
            decoder = StandardCharsets.UTF_8.newDecoder();
        }
        try {
            return decoder.decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw WireException.malformed(at, "a string that is not UTF-8");
        }
    }
}
