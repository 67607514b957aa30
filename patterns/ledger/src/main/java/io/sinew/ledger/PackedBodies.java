package io.sinew.ledger;

import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Records that wait in memory for longer, packed into [BodyCells]: a few bytes beside their own,
/// and no objects. What came first stays, unless it is expendable.
final class PackedBodies {
    /// Offset, time, and how many bytes there are.
    private static final int HEAD_BYTES = Long.BYTES + Long.BYTES + Integer.BYTES;

    /// A record of more bytes gets an array of its own while it is packed.
    private static final int SCRATCH_BYTES = 64 << 10;

    /// The length of what is not there.
    private static final int ABSENT = -1;

    private final BodyCells cells;
    private final OffsetIndex index = new OffsetIndex();

    /// What is being packed; made when there is something.
    private ByteBuffer scratch = ByteBuffer.allocate(0);

    /// No record has an offset before this one.
    private long oldest;

    /// Behind the last record.
    private long end;

    PackedBodies(BodyRoom room) {
        this.cells = new BodyCells(room);
    }

    /// Keeps a record if there is room, or becomes room when older ones with offsets before
    /// `expendable` go.
    ///
    /// @param record has a later offset than all before
    /// @return whether it is kept
    boolean offer(StoredRecord record, long expendable) {
        List<byte[]> names = names(record);
        int size = sizeOf(record, names);
        ByteBuffer packed = bufferOf(size);
        put(packed, record, names, size);
        packed.flip();
        int first = cells.put(packed);
        while (first == BodyCells.NONE) {
            if (!dropOldest(expendable)) {
                return false;
            }
            first = cells.put(packed);
        }
        if (index.count() == 0) {
            oldest = record.offset();
        }
        end = record.offset() + 1;
        index.add(record.offset(), first);
        return true;
    }

    private ByteBuffer bufferOf(int size) {
        if (size > SCRATCH_BYTES) {
            return ByteBuffer.allocate(size);
        }
        if (scratch.capacity() < size) {
            scratch = ByteBuffer.allocate(Math.min(SCRATCH_BYTES, 2 * size));
        }
        return scratch.clear();
    }

    /// Takes a record out.
    Optional<StoredRecord> take(long offset) {
        int first = index.remove(offset);
        if (first == OffsetIndex.NONE) {
            return Optional.empty();
        }
        var head = new byte[HEAD_BYTES];
        cells.copyTo(head, first);
        var packed = new byte[ByteBuffer.wrap(head).getInt(2 * Long.BYTES)];
        cells.copyTo(packed, first);
        cells.free(first);
        return Optional.of(record(ByteBuffer.wrap(packed)));
    }

    /// Looks at each offset once: records come in the order of their offsets.
    private boolean dropOldest(long expendable) {
        while (index.count() > 0 && oldest < Math.min(expendable, end)) {
            int first = index.remove(oldest++);
            if (first != OffsetIndex.NONE) {
                cells.free(first);
                return true;
            }
        }
        return false;
    }

    /// Forgets all of them.
    void clear() {
        index.clear();
        cells.clear();
    }

    // ---- the bytes

    private static List<byte[]> names(StoredRecord record) {
        if (record.headers().isEmpty()) {
            return List.of();
        }
        var names = new ArrayList<byte[]>(record.headers().size());
        record.headers()
                .forEach(header -> names.add(header.name().getBytes(StandardCharsets.UTF_8)));
        return names;
    }

    private static int sizeOf(StoredRecord record, List<byte[]> names) {
        int size = HEAD_BYTES + sizeOf(record.key()) + sizeOf(record.value()) + Integer.BYTES;
        for (int i = 0; i < names.size(); i++) {
            size += sizeOf(names.get(i)) + sizeOf(record.headers().get(i).value());
        }
        return size;
    }

    private static int sizeOf(byte @Nullable [] bytes) {
        return Integer.BYTES + (bytes == null ? 0 : bytes.length);
    }

    private static void put(
            ByteBuffer packed, StoredRecord record, List<byte[]> names, int sizeBytes) {
        packed.putLong(record.offset()).putLong(record.timestampMs()).putInt(sizeBytes);
        put(packed, record.key());
        put(packed, record.value());
        packed.putInt(names.size());
        for (int i = 0; i < names.size(); i++) {
            put(packed, names.get(i));
            put(packed, record.headers().get(i).value());
        }
    }

    private static void put(ByteBuffer packed, byte @Nullable [] bytes) {
        if (bytes == null) {
            packed.putInt(ABSENT);
        } else {
            packed.putInt(bytes.length).put(bytes);
        }
    }

    private static StoredRecord record(ByteBuffer packed) {
        long offset = packed.getLong();
        long timestampMs = packed.getLong();
        int _ = packed.getInt();
        byte[] key = bytes(packed);
        byte[] value = bytes(packed);
        int headerCount = packed.getInt();
        if (headerCount == 0) {
            return new StoredRecord(offset, timestampMs, key, value, List.of());
        }
        var headers = new ArrayList<Header>(headerCount);
        for (int i = 0; i < headerCount; i++) {
            byte[] name = bytes(packed);
            headers.add(
                    new Header(
                            name == null ? "" : new String(name, StandardCharsets.UTF_8),
                            bytes(packed)));
        }
        return new StoredRecord(offset, timestampMs, key, value, headers);
    }

    private static byte @Nullable [] bytes(ByteBuffer packed) {
        int length = packed.getInt();
        if (length == ABSENT) {
            return null;
        }
        var bytes = new byte[length];
        packed.get(bytes);
        return bytes;
    }
}
