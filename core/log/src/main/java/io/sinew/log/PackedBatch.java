package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A batch in another packing as it comes into being: takes the packed records, up to a bound.
final class PackedBatch extends OutputStream {
    private final int maxBytes;
    private byte[] bytes;
    private int size;

    /// @param batch gives the header
    /// @param maxBytes bytes that the whole may have
    PackedBatch(ByteBuffer batch, int maxBytes) {
        this.maxBytes = maxBytes;
        int expected = Math.clamp(batch.remaining(), BatchV2Format.HEADER_BYTES, 1 << 20);
        this.bytes = new byte[expected];
        batch.get(batch.position(), bytes, 0, BatchV2Format.HEADER_BYTES);
        this.size = BatchV2Format.HEADER_BYTES;
    }

    @Override
    public void write(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    @Override
    public void write(byte[] source, int from, int count) {
        reserve(count);
        System.arraycopy(source, from, bytes, size, count);
        size += count;
    }

    private void reserve(int count) {
        if (count > maxBytes - size) {
            throw new SinewException(
                    ErrorCode.BATCH_TOO_LARGE,
                    "The batch has more than "
                            + maxBytes
                            + " bytes (max.message.bytes) when it is packed as the topic wants it"
                            + " (compression.type)");
        }
        if (count > bytes.length - size) {
            int doubled = (int) Math.min(maxBytes, 2L * bytes.length);
            bytes = Arrays.copyOf(bytes, Math.max(doubled, size + count));
        }
    }

    /// The batch, when all records were written.
    ByteBuffer finish(Compression codec, long maxTimestamp) {
        ByteBuffer batch = ByteBuffer.wrap(bytes, 0, size);
        BatchV2Format.repack(batch, codec, maxTimestamp);
        return batch;
    }
}
