package io.sinew.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Makes record batches with keys, as producers and coordinators would send them, and reads them.
final class KeyedBatch {
    private static final int TRANSACTIONAL = 0x10;

    private int codec;
    private int attributes;
    private long timestamp = 1_000_000;
    private long producerId = -1;
    private int sequence = -1;

    /// A record as it is read.
    ///
    /// @param value null for a tombstone
    record Entry(long offset, long timestamp, String key, @Nullable String value) {}

    static KeyedBatch plain() {
        return new KeyedBatch();
    }

    /// With the codec of this number.
    KeyedBatch packed(int number) {
        codec = number;
        return this;
    }

    /// Timestamp of the first record; each of the others is a millisecond later.
    KeyedBatch at(long ms) {
        timestamp = ms;
        return this;
    }

    KeyedBatch producer(long id, int firstSequence) {
        producerId = id;
        sequence = firstSequence;
        return this;
    }

    KeyedBatch transactional(long id) {
        attributes |= TRANSACTIONAL;
        return producer(id, 0);
    }

    /// A batch of `key`, `value`, `key`, `value` …; a value of null is a tombstone.
    ByteBuffer of(@Nullable String... keysAndValues) {
        var records = new ByteArrayOutputStream();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            record(records, i / 2, bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
        }
        return assemble(records.toByteArray(), keysAndValues.length / 2);
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static void record(
            ByteArrayOutputStream records,
            int index,
            byte @Nullable [] key,
            byte @Nullable [] value) {
        var body = new ByteArrayOutputStream();
        body.write(0);
        varint(body, index);
        varint(body, index);
        nullable(body, key);
        nullable(body, value);
        varint(body, 0);
        varint(records, body.size());
        records.writeBytes(body.toByteArray());
    }

    private static void nullable(ByteArrayOutputStream out, byte @Nullable [] bytes) {
        varint(out, bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.writeBytes(bytes);
        }
    }

    private ByteBuffer assemble(byte[] records, int count) {
        byte[] packed = packed(records);
        var out = ByteBuffer.allocate(61 + packed.length);
        out.putLong(0).putInt(49 + packed.length).putInt(-1).put((byte) 2).putInt(0);
        out.putShort((short) (attributes | codec)).putInt(count - 1);
        out.putLong(timestamp).putLong(timestamp + count - 1);
        out.putLong(producerId).putShort((short) (producerId < 0 ? -1 : 0));
        out.putInt(sequence).putInt(count).put(packed).flip();
        var crc = new CRC32C();
        crc.update(out.slice(21, out.limit() - 21));
        return out.putInt(17, (int) crc.getValue());
    }

    private byte[] packed(byte[] records) {
        var packed = new ByteArrayOutputStream();
        Compression packer = Compression.of(codec);
        try (OutputStream packing = packer.pack(packed, packer.defaultLevel())) {
            packing.write(records);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return packed.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long left = (value << 1) ^ (value >> 63);
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f) | 0x80);
            left >>>= 7;
        }
        out.write((int) left);
    }

    // ---- reading

    /// The records of a batch.
    static List<Entry> read(ByteBuffer batch) {
        ByteBuffer packed = batch.slice(batch.position() + 61, batch.remaining() - 61);
        byte[] records;
        try {
            records =
                    Compression.of(BatchV2Format.compression(batch, batch.position()))
                            .unpack(packed)
                            .readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        var in = ByteBuffer.wrap(records);
        var entries = new ArrayList<Entry>();
        while (in.hasRemaining()) {
            int end = (int) varint(in) + in.position();
            in.get();
            long time = BatchV2Format.baseTimestamp(batch, batch.position()) + varint(in);
            long offset = BatchV2Format.baseOffset(batch, batch.position()) + varint(in);
            entries.add(new Entry(offset, time, String.valueOf(text(in)), text(in)));
            in.position(end);
        }
        return entries;
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
