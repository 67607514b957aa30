package io.sinew.kit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Makes record batches (Kafka's format 2) by hand, as a producer would send them, so that the
/// tests of the log depend on no client.
public final class Batches {
    private static final int TRANSACTIONAL = 0x10;

    private long producerId = -1;
    private short producerEpoch = -1;
    private int baseSequence = -1;
    private long timestamp = 1_000_000;
    private long timestampStep;
    private boolean transactional;
    private byte @Nullable [] key;

    private Batches() {}

    /// A batch of a producer that is not idempotent, at time 1,000,000 ms.
    public static Batches plain() {
        return new Batches();
    }

    public Batches producer(long id, int epoch, int firstSequence) {
        producerId = id;
        producerEpoch = (short) epoch;
        baseSequence = firstSequence;
        return this;
    }

    /// Part of a transaction of the producer.
    public Batches transactional() {
        transactional = true;
        return this;
    }

    /// Timestamp of the first record, and how much later each of the others is.
    public Batches at(long firstTimestamp, long step) {
        timestamp = firstTimestamp;
        timestampStep = step;
        return this;
    }

    /// The key of all records.
    public Batches keyed(String text) {
        key = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    /// A batch with one record for each value, without keys unless one was given.
    public ByteBuffer of(String... values) {
        var records = new ByteArrayOutputStream();
        for (int i = 0; i < values.length; i++) {
            record(records, i, key, bytes(values[i]));
        }
        return assemble(records.toByteArray(), values.length);
    }

    /// A batch of `key`, `value`, `key`, `value` …; a value of null is a tombstone.
    public ByteBuffer ofEntries(List<@Nullable String> keysAndValues) {
        var records = new ByteArrayOutputStream();
        int count = keysAndValues.size() / 2;
        for (int i = 0; i < count; i++) {
            record(
                    records,
                    i,
                    bytes(keysAndValues.get(2 * i)),
                    bytes(keysAndValues.get(2 * i + 1)));
        }
        return assemble(records.toByteArray(), count);
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private void record(
            ByteArrayOutputStream records,
            int index,
            byte @Nullable [] recordKey,
            byte @Nullable [] value) {
        var body = new ByteArrayOutputStream();
        body.write(0);
        varint(body, index * timestampStep);
        varint(body, index);
        nullable(body, recordKey);
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

    /// A batch with one record of so many zero bytes.
    public ByteBuffer ofBytes(int valueBytes) {
        return of("\0".repeat(valueBytes));
    }

    private ByteBuffer assemble(byte[] records, int count) {
        var out = ByteBuffer.allocate(61 + records.length);
        out.putLong(0).putInt(49 + records.length).putInt(-1).put((byte) 2).putInt(0);
        out.putShort((short) (transactional ? TRANSACTIONAL : 0)).putInt(count - 1);
        out.putLong(timestamp).putLong(timestamp + Math.max(0, (count - 1) * timestampStep));
        out.putLong(producerId).putShort(producerEpoch).putInt(baseSequence).putInt(count);
        out.put(records).flip();
        var crc = new CRC32C();
        crc.update(out.slice(21, out.limit() - 21));
        return out.putInt(17, (int) crc.getValue());
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long left = (value << 1) ^ (value >> 63);
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f) | 0x80);
            left >>>= 7;
        }
        out.write((int) left);
    }
}
