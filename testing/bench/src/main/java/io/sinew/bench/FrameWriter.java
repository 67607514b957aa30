package io.sinew.bench;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Writes one request of the Kafka protocol: length, header, then fields in the order in which they
/// are called for. Lengths of strings, bytes and arrays are in the compact form of flexible
/// versions (unsigned varint of length + 1).
final class FrameWriter {
    /// Where a frame holds its correlation id.
    static final int CORRELATION_POSITION = 8;

    private static final String CLIENT_ID = "sinew-bench";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    /// @param flexible whether the version has a header of version 2, with tagged fields
    FrameWriter(int apiKey, int apiVersion, boolean flexible) {
        int32(0);
        int16(apiKey);
        int16(apiVersion);
        int32(0);
        string16(CLIENT_ID);
        if (flexible) {
            noTags();
        }
    }

    /// How many bytes are written, the position of the next field.
    int position() {
        return bytes.size();
    }

    FrameWriter int8(int value) {
        return write(() -> out.writeByte(value));
    }

    FrameWriter int16(int value) {
        return write(() -> out.writeShort(value));
    }

    FrameWriter int32(int value) {
        return write(() -> out.writeInt(value));
    }

    FrameWriter int64(long value) {
        return write(() -> out.writeLong(value));
    }

    FrameWriter unsignedVarint(int value) {
        int rest = value;
        while (rest >>> 7 != 0) {
            int8((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        return int8(rest);
    }

    /// A string with a length of 16 bits, as versions that are not flexible have it.
    FrameWriter string16(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int16(utf8.length);
        return raw(utf8);
    }

    FrameWriter string(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    FrameWriter bytes(byte[] value) {
        unsignedVarint(value.length + 1);
        return raw(value);
    }

    /// Begins an array of `count` elements.
    FrameWriter array(int count) {
        return unsignedVarint(count + 1);
    }

    /// A null string, array or bytes.
    FrameWriter nothing() {
        return unsignedVarint(0);
    }

    FrameWriter noTags() {
        return unsignedVarint(0);
    }

    /// The whole frame in a direct buffer that can be sent again and again.
    ByteBuffer frame() {
        ByteBuffer frame = ByteBuffer.allocateDirect(bytes.size());
        frame.put(bytes.toByteArray());
        frame.putInt(0, bytes.size() - Integer.BYTES);
        return frame.flip();
    }

    private FrameWriter raw(byte[] value) {
        return write(() -> out.write(value));
    }

    private FrameWriter write(Field field) {
        try {
            field.write();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("a buffer in memory took no more bytes", e);
        }
    }

    private interface Field {
        void write() throws IOException;
    }
}
