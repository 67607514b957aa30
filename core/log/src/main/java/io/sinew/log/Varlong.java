package io.sinew.log;

import java.nio.ByteBuffer;

/// The numbers inside records: zigzag, then seven bits a byte, the lowest first. [RecordCursor]
/// reads them.
final class Varlong {
    static final int MAX_BYTES = 10;

    private Varlong() {}

    static int sizeOf(long value) {
        long raw = (value << 1) ^ (value >> 63);
        // Seven bits a byte; zero takes one as well.
        return (Long.SIZE + 6 - Long.numberOfLeadingZeros(raw | 1)) / 7;
    }

    static void put(ByteBuffer out, long value) {
        long left = (value << 1) ^ (value >> 63);
        while ((left & ~0x7fL) != 0) {
            out.put((byte) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
    }
}
