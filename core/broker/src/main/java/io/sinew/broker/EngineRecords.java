package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.BatchV2Format;
import io.sinew.log.PlainRecord;
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.StoredRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The port's records as the log knows them, and back.
final class EngineRecords {
    private EngineRecords() {}

    /// @throws SinewException `INVALID_TIMESTAMP`
    static List<PlainRecord> plain(List<NewRecord> records) {
        var plain = new ArrayList<PlainRecord>(records.size());
        for (NewRecord record : records) {
            if (record.timestampMs() < 0) {
                throw new SinewException(
                        ErrorCode.INVALID_TIMESTAMP,
                        "A record's time, " + record.timestampMs() + ", is before 1970");
            }
            plain.add(
                    new PlainRecord(
                            record.key(),
                            record.value(),
                            plainHeaders(record.headers()),
                            record.timestampMs()));
        }
        return plain;
    }

    private static List<PlainRecord.Header> plainHeaders(List<Header> headers) {
        if (headers.isEmpty()) {
            return List.of();
        }
        var plain = new ArrayList<PlainRecord.Header>(headers.size());
        for (Header header : headers) {
            byte[] name = header.name().getBytes(StandardCharsets.UTF_8);
            plain.add(new PlainRecord.Header(name, header.value()));
        }
        return plain;
    }

    static StoredRecord stored(long offset, PlainRecord plain) {
        return new StoredRecord(
                offset, plain.timestampMs(), plain.key(), plain.value(), headers(plain.headers()));
    }

    private static List<Header> headers(List<PlainRecord.Header> plain) {
        if (plain.isEmpty()) {
            return List.of();
        }
        var headers = new ArrayList<Header>(plain.size());
        for (PlainRecord.Header header : plain) {
            String name = new String(header.name(), StandardCharsets.UTF_8);
            headers.add(new Header(name, header.value()));
        }
        return headers;
    }

    /// Puts the offsets of a batch's records.
    ///
    /// @return how many there are
    static int putOffsets(long[] offsets, int at, long base, ByteBuffer batch) {
        int count = BatchV2Format.recordCount(batch, batch.position());
        for (int i = 0; i < count; i++) {
            offsets[at + i] = base + i;
        }
        return count;
    }

    /// So many offsets from `base` on.
    static long[] offsets(long base, int count) {
        var offsets = new long[count];
        for (int i = 0; i < count; i++) {
            offsets[i] = base + i;
        }
        return offsets;
    }
}
