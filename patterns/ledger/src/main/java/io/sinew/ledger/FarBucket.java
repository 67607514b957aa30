package io.sinew.ledger;

import java.util.Arrays;
import java.util.function.Consumer;

/// Far messages that come near together, the lowest offset first. Each takes two numbers of seven
/// bits a byte: how far its offset is from the one before, and how long after the bucket's start it
/// is due. A million messages of one hour among a million others are five bytes each.
final class FarBucket {
    private static final int FIRST_BYTES = 32;

    private final long startMs;
    private byte[] bytes = new byte[FIRST_BYTES];

    /// Where the first message that is left begins, and where the last one ends.
    private int from;

    private int to;

    private int count;

    /// The offset before the first that is left, and the last one; 0 for none.
    private long before;

    private long last;

    /// @param startMs nothing in it is due before
    FarBucket(long startMs) {
        this.startMs = startMs;
    }

    int count() {
        return count;
    }

    /// Whether a message may be added with [#add]: they come in the order of their offsets.
    boolean takes(long offset) {
        return count == 0 || offset > last;
    }

    void add(FarMessage message) {
        put(message.offset() - last);
        put(message.dueMs() - startMs);
        last = message.offset();
        count++;
    }

    private void put(long value) {
        if (to + Long.BYTES + 2 > bytes.length) {
            // What was dropped makes room first; then half as much again.
            int used = to - from;
            bytes = Arrays.copyOfRange(bytes, from, from + Math.max(used + used / 2, used + 32));
            from = 0;
            to = used;
        }
        long left = value;
        while ((left & ~0x7fL) != 0) {
            bytes[to++] = (byte) ((left & 0x7f) | 0x80);
            left >>>= 7;
        }
        bytes[to++] = (byte) left;
    }

    /// Goes through the messages from the first on.
    private final class Cursor {
        private int at = from;
        private long offset = before;

        private long take() {
            long value = 0;
            int shift = 0;
            while (true) {
                byte next = bytes[at++];
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
                shift += 7;
            }
        }

        FarMessage next() {
            offset += take();
            return new FarMessage(offset, startMs + take());
        }
    }

    /// The first message that is left; there is one.
    FarMessage first() {
        return new Cursor().next();
    }

    /// Shows the first messages.
    void forEach(int most, Consumer<FarMessage> sink) {
        var cursor = new Cursor();
        for (int left = Math.min(most, count); left > 0; left--) {
            sink.accept(cursor.next());
        }
    }

    /// Drops the first messages.
    void drop(int most) {
        var cursor = new Cursor();
        int dropped = Math.min(most, count);
        for (int left = dropped; left > 0; left--) {
            var _ = cursor.next();
        }
        from = cursor.at;
        before = cursor.offset;
        count -= dropped;
    }

    /// Bytes that its messages take.
    int sizeBytes() {
        return to - from;
    }
}
