package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that [ByteSink] wrote, being read. Whatever else they are is refused with `DAMAGED_DATA`.
final class ByteSource {
    private final byte[] bytes;
    private int at;

    ByteSource(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isAtEnd() {
        return at == bytes.length;
    }

    int takeByte() {
        if (at == bytes.length) {
            throw damaged("it ends too early");
        }
        return bytes[at++] & 0xff;
    }

    int takeInt() {
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = (value << 8) | takeByte();
        }
        return value;
    }

    long takeLong() {
        return ((long) takeInt() << 32) | (takeInt() & 0xffff_ffffL);
    }

    long takeVarlong() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = takeByte();
            value |= (long) (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                return value;
            }
        }
        throw damaged("a number is too long");
    }

    /// A number of things, each of a byte at least.
    int takeCount() {
        long count = takeVarlong();
        if (count < 0 || count > bytes.length - at) {
            throw damaged("it counts more than it has");
        }
        return (int) count;
    }

    String takeText() {
        int length = takeCount();
        at += length;
        return new String(Arrays.copyOfRange(bytes, at - length, at), StandardCharsets.UTF_8);
    }

    static SinewException damaged(String what) {
        return new SinewException(
                ErrorCode.DAMAGED_DATA,
                "a record of the ledger can't be read: "
                        + what
                        + ". Somebody else wrote to its topic, or a later version of Sinew did");
    }
}
