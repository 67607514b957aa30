package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Quota records as bytes, version 1. Big endian; text is a u16 length and modified UTF-8, as
/// `DataOutput` writes it.
///
/// ```
/// version i8 (1) | entity i8 | for entity 1: client id text | limits
///   entity: 0 the default of client ids, 1 a client id
/// limits: count i8, then kind i8 and limit f64 each
///   kind: 1 produce, 2 fetch (bytes a second), 3 request (percent)
/// ```
///
/// A snapshot is `version i8 | count i32 | count records`.
final class QuotaRecordV1Format {
    private static final int VERSION = 1;
    private static final int DEFAULT = 0;
    private static final int CLIENT_ID = 1;

    private QuotaRecordV1Format() {}

    static byte[] encode(QuotaRecord record) {
        return bytes(out -> write(out, record));
    }

    static byte[] encodeSnapshot(Collection<QuotaRecord> records) {
        return bytes(out -> {
            out.writeByte(VERSION);
            out.writeInt(records.size());
            for (QuotaRecord record : records) {
                write(out, record);
            }
        });
    }

    /// @throws SinewException `DAMAGED_DATA`
    static QuotaRecord decode(byte[] bytes) {
        return read(bytes, QuotaRecordV1Format::readRecord);
    }

    /// @throws SinewException `DAMAGED_DATA`
    static List<QuotaRecord> decodeSnapshot(byte[] bytes) {
        return read(
                bytes,
                in -> {
                    requireVersion(in);
                    int count = in.readInt();
                    var records = new ArrayList<QuotaRecord>();
                    for (int i = 0; i < count; i++) {
                        records.add(readRecord(in));
                    }
                    return records;
                });
    }

    private static void write(DataOutputStream out, QuotaRecord record) throws IOException {
        out.writeByte(VERSION);
        switch (record.entity()) {
            case QuotaEntity.DefaultClientId() -> out.writeByte(DEFAULT);
            case QuotaEntity.ClientId(String id) -> {
                out.writeByte(CLIENT_ID);
                out.writeUTF(id);
            }
        }
        out.writeByte(record.limits().size());
        for (Map.Entry<QuotaKind, Double> limit : new TreeMap<>(record.limits()).entrySet()) {
            out.writeByte(limit.getKey().number());
            out.writeDouble(limit.getValue());
        }
    }

    private static QuotaRecord readRecord(DataInputStream in) throws IOException {
        requireVersion(in);
        int entity = in.readByte();
        return switch (entity) {
            case DEFAULT -> new QuotaRecord(new QuotaEntity.DefaultClientId(), readLimits(in));
            case CLIENT_ID ->
                    new QuotaRecord(new QuotaEntity.ClientId(in.readUTF()), readLimits(in));
            default -> throw new IOException("unknown entity " + entity);
        };
    }

    private static Map<QuotaKind, Double> readLimits(DataInputStream in) throws IOException {
        var limits = new EnumMap<QuotaKind, Double>(QuotaKind.class);
        for (int left = in.readByte(); left > 0; left--) {
            limits.put(kind(in.readByte()), in.readDouble());
        }
        return limits;
    }

    private static QuotaKind kind(int number) throws IOException {
        for (QuotaKind kind : QuotaKind.values()) {
            if (kind.number() == number) {
                return kind;
            }
        }
        throw new IOException("unknown kind " + number);
    }

    private static void requireVersion(DataInputStream in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("unknown version " + version);
        }
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        var bytes = new ByteArrayOutputStream();
        try {
            writing.to(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }

    private static <T> T read(byte[] bytes, Reading<T> reading) {
        try {
            return reading.from(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new SinewException(
                    ErrorCode.DAMAGED_DATA,
                    "a quota record can't be read ("
                            + e.getMessage()
                            + "). Restore the data directory from a backup",
                    e);
        }
    }
}
