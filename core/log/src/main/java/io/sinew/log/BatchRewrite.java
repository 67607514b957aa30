package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.OptionalLong;

/// What compaction makes of a batch in which something goes. Base offset, last offset delta, leader
/// epoch, producer, sequence and codec stay; so do the bytes of the records that stay, except that
/// their times are counted from the delete horizon when it takes the base timestamp's place.
final class BatchRewrite {
    private BatchRewrite() {}

    /// The batch with some of its records, at least one.
    ///
    /// @param kept the records' indexes
    /// @param horizonMs the delete horizon, for a batch that gets one now
    /// @throws SinewException `CORRUPT_BATCH`, `BATCH_TOO_LARGE` (it would be larger than any batch
    ///   may be, or unpacks to more than the budget)
    static ByteBuffer with(BitSet kept, OptionalLong horizonMs, ByteBuffer batch) {
        int at = batch.position();
        long laterMs =
                horizonMs.isPresent()
                        ? BatchV2Format.baseTimestamp(batch, at) - horizonMs.getAsLong()
                        : 0;
        var max = new long[] {Long.MIN_VALUE};
        var out = new BoundedBytes();
        out.write(header(batch), 0, BatchV2Format.HEADER_BYTES);
        var index = new int[1];
        Compression codec = Compression.of(BatchV2Format.compression(batch, at));
        try (OutputStream packing = buffered(codec.pack(out, codec.defaultLevel()))) {
            BatchRecords.scan(
                    batch,
                    UnpackBudget.ofCompaction(),
                    record -> {
                        if (kept.get(index[0]++)) {
                            max[0] = Math.max(max[0], record.timestamp());
                            record.copyTo(packing, laterMs);
                        }
                        return true;
                    });
        } catch (IOException e) {
            throw new SinewException(ErrorCode.CORRUPT_BATCH, "a batch cannot be packed", e);
        }
        ByteBuffer rewritten = ByteBuffer.wrap(out.toByteArray());
        horizonMs.ifPresent(ms -> BatchV2Format.putDeleteHorizon(rewritten, 0, ms));
        long maxTimestamp =
                BatchV2Format.hasLogAppendTime(batch, at)
                        ? BatchV2Format.maxTimestamp(batch, at)
                        : max[0];
        BatchV2Format.putRewritten(rewritten, 0, kept.cardinality(), maxTimestamp);
        return rewritten;
    }

    /// The codecs are slow at a few bytes each.
    private static OutputStream buffered(OutputStream packing) {
        return new BufferedOutputStream(packing);
    }

    private static byte[] header(ByteBuffer batch) {
        var header = new byte[BatchV2Format.HEADER_BYTES];
        batch.get(batch.position(), header);
        return header;
    }

    /// The batch without a record: its offsets and its producer's sequence, and nothing else.
    static ByteBuffer emptied(ByteBuffer batch) {
        ByteBuffer empty = ByteBuffer.wrap(header(batch));
        BatchV2Format.putEmpty(empty, 0);
        return empty;
    }

    /// A marker with its delete horizon. Its record stays where it is, byte for byte, because
    /// others know the place of everything in it.
    static ByteBuffer marker(ByteBuffer batch, long horizonMs) {
        ByteBuffer copy = ByteBuffer.allocate(batch.remaining());
        copy.put(batch.duplicate()).flip();
        BatchV2Format.putDeleteHorizon(copy, 0, horizonMs);
        BatchV2Format.seal(copy, 0);
        return copy;
    }

    /// Bytes in memory, no more than the largest batch has: what was packed well may pack badly.
    private static final class BoundedBytes extends ByteArrayOutputStream {
        @Override
        public synchronized void write(int value) {
            requireRoom(1);
            super.write(value);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int size) {
            requireRoom(size);
            super.write(bytes, from, size);
        }

        private void requireRoom(int wanted) {
            if (count + (long) wanted > LogLimits.MAX_BATCH_BYTES) {
                throw new SinewException(
                        ErrorCode.BATCH_TOO_LARGE,
                        "a batch would have more than "
                                + LogLimits.MAX_BATCH_BYTES
                                + " bytes when compacted");
            }
        }
    }
}
