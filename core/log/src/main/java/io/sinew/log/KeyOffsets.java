package io.sinew.log;

/// The last offset of each key, for one round of compaction. Keys stand here as 128 bits of their
/// hash ([KeyHash]), in one array with open addressing: 24 bytes a slot, three quarters of the
/// slots used at most, whatever the keys' lengths. Not thread-safe.
final class KeyOffsets {
    /// Of one slot: two halves of the hash, and the offset plus one. A free slot is all zero.
    static final int SLOT_BYTES = 3 * Long.BYTES;

    private static final int FIELDS = 3;
    private static final int MIN_SLOTS = 4;
    private static final int MAX_SLOTS = (Integer.MAX_VALUE - 8) / FIELDS;

    private final long[] cells;
    private final int slots;
    private final int capacity;
    private int size;

    /// @param wanted keys that there can be at most
    /// @param maxBytes memory at most
    KeyOffsets(long wanted, long maxBytes) {
        long enough = Math.min(MAX_SLOTS, wanted + wanted / 2 + MIN_SLOTS);
        slots = (int) Math.max(MIN_SLOTS, Math.min(enough, maxBytes / SLOT_BYTES));
        capacity = slots - slots / 4;
        cells = new long[slots * FIELDS];
    }

    int size() {
        return size;
    }

    /// Notes that the key stands at `offset`, which is behind all that were noted before.
    ///
    /// @return false when there is no room for another key
    boolean put(KeyHash key, long offset) {
        int at = find(key);
        if (cells[at + 2] == 0) {
            if (size == capacity) {
                return false;
            }
            size++;
            cells[at] = key.high();
            cells[at + 1] = key.low();
        }
        cells[at + 2] = offset + 1;
        return true;
    }

    /// The last offset that was noted for the key; -1 for none.
    long get(KeyHash key) {
        return cells[find(key) + 2] - 1;
    }

    /// The key's slot, or the free one that it would get.
    private int find(KeyHash key) {
        int slot = (int) Math.unsignedMultiplyHigh(key.high(), slots);
        while (true) {
            int at = slot * FIELDS;
            if (cells[at + 2] == 0 || (cells[at] == key.high() && cells[at + 1] == key.low())) {
                return at;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
    }
}
