package io.sinew.bench;

import java.nio.ByteBuffer;

/// Reads the fields of one reply of the Kafka protocol, in the compact form of flexible versions.
///
/// @param buffer the reply, after its correlation id
record FrameReader(ByteBuffer buffer) {
    int int16() {
        return buffer.getShort();
    }

    int int32() {
        return buffer.getInt();
    }

    long int64() {
        return buffer.getLong();
    }

    int unsignedVarint() {
        int value = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            int next = buffer.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("the peer sent a varint of more than 5 bytes");
    }

    /// The number of elements of the array that begins here; 0 for a null one.
    int array() {
        return Math.max(0, unsignedVarint() - 1);
    }

    /// The length of the string or the bytes that begin here; 0 for null.
    int length() {
        return array();
    }

    FrameReader skip(int byteCount) {
        buffer.position(buffer.position() + byteCount);
        return this;
    }

    void skipString() {
        skip(length());
    }

    void skipTags() {
        for (int left = unsignedVarint(); left > 0; left--) {
            unsignedVarint();
            skip(unsignedVarint());
        }
    }
}
