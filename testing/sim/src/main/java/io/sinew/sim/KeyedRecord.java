package io.sinew.sim;

import io.sinew.log.BatchV2Format;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record of a compacted topic, as it was sent or as it is read.
///
/// @param value null for a tombstone
record KeyedRecord(long offset, long timestamp, String key, @Nullable String value) {

    /// The records of an unpacked batch that begins at `at`.
    static List<KeyedRecord> in(ByteBuffer bytes, int at) {
        int size = BatchV2Format.sizeBytes(bytes, at) - BatchV2Format.HEADER_BYTES;
        ByteBuffer in = bytes.slice(at + BatchV2Format.HEADER_BYTES, size);
        var records = new ArrayList<KeyedRecord>();
        while (in.hasRemaining()) {
            int end = (int) varint(in) + in.position();
            in.get();
            long timestamp = BatchV2Format.baseTimestamp(bytes, at) + varint(in);
            long offset = BatchV2Format.baseOffset(bytes, at) + varint(in);
            records.add(new KeyedRecord(offset, timestamp, String.valueOf(text(in)), text(in)));
            in.position(end);
        }
        return records;
    }

    private static @Nullable String text(ByteBuffer in) {
        int size = (int) varint(in);
        if (size < 0) {
            return null;
        }
        var bytes = new byte[size];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static long varint(ByteBuffer in) {
        long raw = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            raw |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
    }
}
