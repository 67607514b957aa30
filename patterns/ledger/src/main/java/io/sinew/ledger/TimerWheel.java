package io.sinew.ledger;

import java.util.Arrays;
import java.util.function.IntConsumer;

/// Rows by the time at which something is due, in a hierarchy of wheels (Varghese and Lauck, 1987):
/// 64 slots each, of 8 ms in the first and 64 times as much in each of the others, seventeen years
/// in all; what lies beyond waits in the last slot and is looked at again. Adding, removing and
/// coming due take constant time. A row's time is its `due` column; it comes due 8 ms late at most,
/// and never early.
///
/// A row's level is the highest digit, to the base of 64, in which its tick differs from the
/// present one, and its slot that digit. So what is in a lower level always comes before what is in
/// a higher one.
final class TimerWheel {
    private static final int LEVELS = 6;
    private static final int DIGIT_BITS = 6;
    private static final int SLOTS = 1 << DIGIT_BITS;
    private static final int TICK_BITS = 3;

    private final Rows rows;

    /// First row of each slot. The row's `prev` is then the slot, as `-2 - slot`.
    private final int[] heads = new int[LEVELS * SLOTS];

    /// Slots in use of each level, a bit each.
    private final long[] inUse = new long[LEVELS];

    /// Everything before this tick has come due.
    private long tick;

    private int count;

    /// @param nowMs nothing that is added is due before
    TimerWheel(Rows rows, long nowMs) {
        this.rows = rows;
        this.tick = nowMs >> TICK_BITS;
        Arrays.fill(heads, Rows.NONE);
    }

    int count() {
        return count;
    }

    void add(int row) {
        int slot = slotOf(tickOf(row));
        int after = heads[slot];
        rows.next(row, after);
        rows.prev(row, -2 - slot);
        if (after != Rows.NONE) {
            rows.prev(after, row);
        }
        heads[slot] = row;
        inUse[slot >> DIGIT_BITS] |= 1L << slot;
        count++;
    }

    void remove(int row) {
        int before = rows.prev(row);
        int after = rows.next(row);
        if (after != Rows.NONE) {
            rows.prev(after, before);
        }
        if (before >= 0) {
            rows.next(before, after);
        } else {
            setHead(-2 - before, after);
        }
        rows.next(row, Rows.NONE);
        rows.prev(row, Rows.NONE);
        count--;
    }

    private void setHead(int slot, int row) {
        heads[slot] = row;
        if (row == Rows.NONE) {
            inUse[slot >> DIGIT_BITS] &= ~(1L << slot);
        }
    }

    /// The first tick that is wholly at or behind a row's time.
    private long tickOf(int row) {
        return Math.max(tick, tickOf(rows.due(row)));
    }

    private static long tickOf(long dueMs) {
        return (dueMs + (1 << TICK_BITS) - 1) >> TICK_BITS;
    }

    /// Whether what is due then has come due by now: the wheel's own judgement, for what need not
    /// go into it.
    static boolean isOver(long dueMs, long nowMs) {
        return tickOf(dueMs) <= nowMs >> TICK_BITS;
    }

    private int slotOf(long due) {
        long different = due ^ tick;
        if (different >>> (DIGIT_BITS * LEVELS) != 0) {
            int last = (digit(tick, LEVELS - 1) - 1) & (SLOTS - 1);
            return (LEVELS - 1) * SLOTS + last;
        }
        int highest = Long.SIZE - 1 - Long.numberOfLeadingZeros(different | 1);
        int level = highest / DIGIT_BITS;
        return level * SLOTS + digit(due, level);
    }

    private static int digit(long tick, int level) {
        return (int) (tick >>> (DIGIT_BITS * level)) & (SLOTS - 1);
    }

    /// The first slot that is in use, or -1.
    private int firstSlot() {
        for (int level = 0; level < LEVELS; level++) {
            if (inUse[level] != 0) {
                int present = digit(tick, level);
                int distance = Long.numberOfTrailingZeros(Long.rotateRight(inUse[level], present));
                return level * SLOTS + ((present + distance) & (SLOTS - 1));
            }
        }
        return -1;
    }

    /// The tick with which a slot begins.
    private long startOf(int slot) {
        int level = slot >> DIGIT_BITS;
        int shift = DIGIT_BITS * level;
        long start = ((tick >>> shift) - digit(tick, level) + (slot & (SLOTS - 1))) << shift;
        // Only the last level goes round.
        return start >= ((tick >>> shift) << shift) ? start : start + ((long) SLOTS << shift);
    }

    /// When to look again, in ms since 1970: something may be due then, and nothing is before;
    /// [Long#MAX_VALUE] for never.
    long nextMs() {
        int slot = firstSlot();
        return slot < 0 ? Long.MAX_VALUE : startOf(slot) << TICK_BITS;
    }

    /// Takes out all rows that are due and gives them away, in the order of their ticks.
    void advance(long nowMs, IntConsumer due) {
        long now = Math.max(tick, nowMs >> TICK_BITS);
        while (true) {
            int slot = firstSlot();
            if (slot < 0) {
                break;
            }
            long start = startOf(slot);
            if (start > now) {
                break;
            }
            tick = Math.max(tick, start);
            empty(slot, due);
        }
        tick = now;
    }

    private void empty(int slot, IntConsumer due) {
        int row = heads[slot];
        setHead(slot, Rows.NONE);
        while (row != Rows.NONE) {
            int after = rows.next(row);
            rows.next(row, Rows.NONE);
            rows.prev(row, Rows.NONE);
            count--;
            if (tickOf(row) <= tick) {
                due.accept(row);
            } else {
                add(row);
            }
            row = after;
        }
    }
}
