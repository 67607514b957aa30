package io.sinew.ledger;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// Finds numbers from 0 on by a hash: an open table with linear probing, from half to three
/// quarters full, 5 to 8 bytes an entry. What is removed leaves no mark (Knuth, The Art of Computer
/// Programming, 6.4, algorithm R).
final class IntIndex {
    /// Nothing.
    static final int NONE = -1;

    private static final int SLOTS_MIN = 64;

    private final IntUnaryOperator hashOf;
    private int[] slots = new int[SLOTS_MIN];
    private int count;

    /// @param hashOf the hash of an entry; any bits will do
    IntIndex(IntUnaryOperator hashOf) {
        this.hashOf = hashOf;
        Arrays.fill(slots, NONE);
    }

    int count() {
        return count;
    }

    /// The slot where what has that hash may begin; go on with [#after] while [#at] is an entry.
    int first(int hash) {
        long spread = (hash * 0x9e3779b1L) & 0xffff_ffffL;
        return (int) ((spread * slots.length) >>> 32);
    }

    int after(int slot) {
        return slot + 1 == slots.length ? 0 : slot + 1;
    }

    /// The entry in a slot, or [#NONE].
    int at(int slot) {
        return slots[slot];
    }

    /// Adds an entry that is not there.
    void add(int entry) {
        count++;
        if (count * 4L > slots.length * 3L) {
            grow();
        }
        put(entry);
    }

    private void put(int entry) {
        int slot = first(hashOf.applyAsInt(entry));
        while (slots[slot] != NONE) {
            slot = after(slot);
        }
        slots[slot] = entry;
    }

    private void grow() {
        int[] before = slots;
        slots = new int[before.length + before.length / 2];
        Arrays.fill(slots, NONE);
        for (int entry : before) {
            if (entry != NONE) {
                put(entry);
            }
        }
    }

    /// Removes an entry that is there.
    void remove(int entry) {
        int hole = first(hashOf.applyAsInt(entry));
        while (slots[hole] != entry) {
            hole = after(hole);
        }
        for (int next = after(hole); slots[next] != NONE; next = after(next)) {
            int home = first(hashOf.applyAsInt(slots[next]));
            // Whether its way from home to where it is leads over the hole.
            boolean overHole =
                    hole <= next ? (home <= hole || home > next) : (home <= hole && home > next);
            if (overHole) {
                slots[hole] = slots[next];
                hole = next;
            }
        }
        slots[hole] = NONE;
        count--;
    }

    /// All entries, in no order.
    int[] entries() {
        return Arrays.stream(slots).filter(entry -> entry != NONE).toArray();
    }
}
