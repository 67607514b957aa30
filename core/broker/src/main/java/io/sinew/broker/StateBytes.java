package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Turns state into bytes and back. Big endian; text is a u16 length and modified UTF-8, as
/// `DataOutput` writes it. The log has checked the bytes: what can't be read is of another version,
/// or damaged by a program.
final class StateBytes {
    private StateBytes() {}

    /// What puts itself into bytes.
    interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    /// What is made of bytes.
    interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }

    static byte[] of(Writing writing) {
        var bytes = new ByteArrayOutputStream();
        try {
            writing.to(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// @param what for people: "a topic record"
    /// @throws SinewException `DAMAGED_DATA`
    static <T> T read(byte[] bytes, String what, Reading<T> reading) {
        try {
            return reading.from(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new SinewException(
                    ErrorCode.DAMAGED_DATA,
                    what
                            + " can't be read ("
                            + e.getMessage()
                            + "). Restore the data directory from a backup",
                    e);
        }
    }

    static void requireVersion(DataInputStream in, int version) throws IOException {
        int found = in.readByte();
        if (found != version) {
            throw new IOException("unknown version " + found);
        }
    }
}
