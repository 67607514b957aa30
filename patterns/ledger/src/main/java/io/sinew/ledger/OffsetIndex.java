package io.sinew.ledger;

import java.util.Arrays;

/// Leads from offsets to numbers from 0 on: an open table with linear probing, at most three
/// quarters full, 16 to 32 bytes an entry. What is removed leaves no mark (Knuth, The Art of
/// Computer Programming, 6.4, algorithm R). The offsets stand in the table, unlike in [IntIndex]: a
/// look at what an entry stands for would be a look at memory that nobody has looked at for long.
final class OffsetIndex {
    /// Nothing.
    static final int NONE = -1;

    private static final int SLOTS_MIN = 64;

    private long[] offsets = new long[SLOTS_MIN];

    /// By slot; [#NONE] where there is no entry.
    private int[] numbers = empty(SLOTS_MIN);

    private int count;

    private static int[] empty(int slots) {
        var numbers = new int[slots];
        Arrays.fill(numbers, NONE);
        return numbers;
    }

    int count() {
        return count;
    }

    /// Where an offset belongs: neighbours are spread evenly (Knuth, 6.4, Fibonacci hashing).
    private int home(long offset) {
        int bits = Integer.numberOfTrailingZeros(numbers.length);
        return (int) ((offset * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - bits));
    }

    private int after(int slot) {
        return (slot + 1) & (numbers.length - 1);
    }

    /// The slot of an offset, or the empty one where it would be.
    private int slotOf(long offset) {
        int slot = home(offset);
        while (numbers[slot] != NONE && offsets[slot] != offset) {
            slot = after(slot);
        }
        return slot;
    }

    /// The number at an offset, or [#NONE].
    int find(long offset) {
        return numbers[slotOf(offset)];
    }

    /// Adds an offset that is not there.
    void add(long offset, int number) {
        count++;
        if (count * 4L > numbers.length * 3L) {
            grow();
        }
        put(offset, number);
    }

    private void put(long offset, int number) {
        int slot = slotOf(offset);
        offsets[slot] = offset;
        numbers[slot] = number;
    }

    private void grow() {
        long[] offsetsBefore = offsets;
        int[] numbersBefore = numbers;
        offsets = new long[2 * offsetsBefore.length];
        numbers = empty(2 * numbersBefore.length);
        for (int slot = 0; slot < numbersBefore.length; slot++) {
            if (numbersBefore[slot] != NONE) {
                put(offsetsBefore[slot], numbersBefore[slot]);
            }
        }
    }

    /// Removes an offset. A table that was large and is empty is given up.
    ///
    /// @return its number, or [#NONE] when it is not there
    int remove(long offset) {
        int hole = slotOf(offset);
        int number = numbers[hole];
        if (number == NONE) {
            return NONE;
        }
        for (int next = after(hole); numbers[next] != NONE; next = after(next)) {
            int home = home(offsets[next]);
            // Whether its way from home to where it is leads over the hole.
            boolean overHole =
                    hole <= next ? (home <= hole || home > next) : (home <= hole && home > next);
            if (overHole) {
                offsets[hole] = offsets[next];
                numbers[hole] = numbers[next];
                hole = next;
            }
        }
        numbers[hole] = NONE;
        count--;
        if (count == 0) {
            clear();
        }
        return number;
    }

    void clear() {
        count = 0;
        if (numbers.length > SLOTS_MIN) {
            offsets = new long[SLOTS_MIN];
            numbers = empty(SLOTS_MIN);
        } else {
            Arrays.fill(numbers, NONE);
        }
    }
}
