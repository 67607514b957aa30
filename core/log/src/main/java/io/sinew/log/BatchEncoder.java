package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes batches of records, as a producer in the same process would send them: uncompressed,
/// without a producer id. The size of a batch is known before a byte of it is written, so that it
/// is written once, into a buffer that fits. [RecordCursor] gives the layout of a record.
public final class BatchEncoder {
    private BatchEncoder() {}

    /// Batches of all the records, in their order, as few as there may be.
    ///
    /// @param maxBatchBytes that one batch may have
    /// @throws SinewException `BATCH_TOO_LARGE`: one record alone is larger
    public static List<ByteBuffer> encode(List<PlainRecord> records, int maxBatchBytes) {
        return encode(records, maxBatchBytes, maxBatchBytes);
    }

    /// The same, of batches that have no more than `manyBytes` if they have several records.
    public static List<ByteBuffer> encode(
            List<PlainRecord> records, int manyBytes, int maxBatchBytes) {
        var batches = new ArrayList<ByteBuffer>(1);
        int from = 0;
        while (from < records.size()) {
            Stretch stretch = stretch(records, from, manyBytes, maxBatchBytes);
            batches.add(encode(records.subList(from, stretch.to()), stretch));
            from = stretch.to();
        }
        return batches;
    }

    /// As many records as a batch has room for.
    ///
    /// @param to behind the last one
    /// @param sizeBytes of the batch
    private record Stretch(int to, int sizeBytes, long maxTimestampMs) {}

    private static Stretch stretch(
            List<PlainRecord> records, int from, int manyBytes, int maxBatchBytes) {
        long baseMs = records.get(from).timestampMs();
        long maxMs = baseMs;
        long size = BatchV2Format.HEADER_BYTES;
        int to = from;
        while (to < records.size()) {
            PlainRecord record = records.get(to);
            long body = bodyBytes(record, to - from, record.timestampMs() - baseMs);
            long withIt = size + Varlong.sizeOf(body) + body;
            if (withIt > (to == from ? maxBatchBytes : Math.min(manyBytes, maxBatchBytes))) {
                break;
            }
            size = withIt;
            maxMs = Math.max(maxMs, record.timestampMs());
            to++;
        }
        if (to == from) {
            throw new SinewException(
                    ErrorCode.BATCH_TOO_LARGE,
                    "Record "
                            + from
                            + " makes a batch of more than "
                            + maxBatchBytes
                            + " bytes, which is what the topic takes (max.message.bytes)");
        }
        return new Stretch(to, (int) size, maxMs);
    }

    /// Bytes of a record behind its length.
    private static long bodyBytes(PlainRecord record, int index, long laterMs) {
        List<PlainRecord.Header> headers = record.headers();
        long size =
                1L
                        + Varlong.sizeOf(laterMs)
                        + Varlong.sizeOf(index)
                        + bytesWithLength(record.key())
                        + bytesWithLength(record.value())
                        + Varlong.sizeOf(headers.size());
        for (PlainRecord.Header header : headers) {
            size += bytesWithLength(header.name()) + bytesWithLength(header.value());
        }
        return size;
    }

    private static long bytesWithLength(byte @Nullable [] bytes) {
        return bytes == null ? 1 : (long) Varlong.sizeOf(bytes.length) + bytes.length;
    }

    private static ByteBuffer encode(List<PlainRecord> records, Stretch stretch) {
        long baseMs = records.getFirst().timestampMs();
        ByteBuffer out = ByteBuffer.allocate(stretch.sizeBytes());
        out.position(BatchV2Format.HEADER_BYTES);
        for (int index = 0; index < records.size(); index++) {
            put(out, records.get(index), index, baseMs);
        }
        out.flip();
        BatchV2Format.putPlainHeader(out, records.size(), baseMs, stretch.maxTimestampMs());
        return out;
    }

    private static void put(ByteBuffer out, PlainRecord record, int index, long baseMs) {
        long laterMs = record.timestampMs() - baseMs;
        Varlong.put(out, bodyBytes(record, index, laterMs));
        out.put((byte) 0);
        Varlong.put(out, laterMs);
        Varlong.put(out, index);
        putWithLength(out, record.key());
        putWithLength(out, record.value());
        Varlong.put(out, record.headers().size());
        for (PlainRecord.Header header : record.headers()) {
            putWithLength(out, header.name());
            putWithLength(out, header.value());
        }
    }

    private static void putWithLength(ByteBuffer out, byte @Nullable [] bytes) {
        if (bytes == null) {
            Varlong.put(out, -1);
        } else {
            Varlong.put(out, bytes.length);
            out.put(bytes);
        }
    }
}
