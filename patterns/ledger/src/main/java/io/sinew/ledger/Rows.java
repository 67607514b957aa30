package io.sinew.ledger;

import io.sinew.base.Check;
import java.util.Arrays;

/// The live messages of one partition: a table of small numbers, 32 bytes a row, with an index from
/// offset to row of 5 to 8 bytes more. Rows are numbered, used again when they are free, and linked
/// into lists by their numbers, so that nothing here is an object of its own.
///
/// An offset is kept by its lower 32 bits: the oldest live message and the newest may be
/// [#SPAN_MAX] offsets apart.
final class Rows {
    /// No row.
    static final int NONE = -1;

    /// How far live offsets may be apart.
    static final long SPAN_MAX = 1L << 31;

    /// Offsets that are looked at one by one before all rows are.
    private static final int WALK_MAX = 1 << 16;

    private static final int PAGE_BITS = 13;
    private static final int PAGE_ROWS = 1 << PAGE_BITS;
    private static final int PAGE_MASK = PAGE_ROWS - 1;

    // What a row's meta word holds, from the lowest bit on.
    private static final int FAILURES_BITS = 14;
    private static final int PRIORITY_SHIFT = 14;
    private static final int ISOLATION_SHIFT = 18;
    private static final int PLACE_SHIFT = 20;
    private static final int EXPIRES_SHIFT = 23;
    private static final int REASON_SHIFT = 24;
    private static final int HOLDS_SHIFT = 27;
    private static final int NOTED_SHIFT = 28;

    /// In no list: on its way from one place to another.
    static final int OUT = 0;

    /// It may be delivered.
    static final int READY = 1;

    /// It may be delivered later: it is scheduled, or failed a while ago.
    static final int DELAYED = 2;

    /// A consumer has it.
    static final int LEASED = 3;

    /// It is to become a dead letter.
    static final int DOOMED = 4;

    /// One page of all columns.
    private static final class Page {
        final int[] offset = new int[PAGE_ROWS];
        final long[] due = new long[PAGE_ROWS];
        final int[] next = new int[PAGE_ROWS];
        final int[] prev = new int[PAGE_ROWS];
        final int[] group = new int[PAGE_ROWS];
        final int[] lease = new int[PAGE_ROWS];
        final int[] meta = new int[PAGE_ROWS];
    }

    private Page[] pages = new Page[0];
    private int used;
    private int free = NONE;
    private int count;
    private final IntIndex index = new IntIndex(this::lowOffset);
    private long lowest;

    int count() {
        return count;
    }

    private Page page(int row) {
        return pages[row >>> PAGE_BITS];
    }

    // ---- rows

    /// Makes a row for an offset that has none. It is in no list.
    ///
    /// @param lowestLive no live offset is before it
    int add(long offset, long lowestLive) {
        Check.that(offset - lowestLive < SPAN_MAX, "live offsets are close enough to each other");
        lowest = lowestLive;
        int row = free;
        if (row != NONE) {
            free = page(row).next[row & PAGE_MASK];
        } else {
            row = used++;
            if (row >>> PAGE_BITS == pages.length) {
                pages = Arrays.copyOf(pages, pages.length + 1);
                pages[row >>> PAGE_BITS] = new Page();
            }
        }
        Page page = page(row);
        int at = row & PAGE_MASK;
        page.offset[at] = (int) offset;
        page.due[at] = 0;
        page.next[at] = NONE;
        page.prev[at] = NONE;
        page.group[at] = NONE;
        page.lease[at] = 0;
        page.meta[at] = 0;
        count++;
        index.add(row);
        return row;
    }

    /// Ends a row, which is in no list any more.
    void remove(int row) {
        index.remove(row);
        Page page = page(row);
        page.meta[row & PAGE_MASK] = 0;
        page.next[row & PAGE_MASK] = free;
        free = row;
        count--;
    }

    /// The row of an offset, or [#NONE].
    int find(long offset) {
        int low = (int) offset;
        int slot = index.first(low);
        for (int row = index.at(slot); row != NONE; row = index.at(slot)) {
            if (lowOffset(row) == low) {
                return offset(row) == offset ? row : NONE;
            }
            slot = index.after(slot);
        }
        return NONE;
    }

    /// The first live offset from `from` on, or `end` if there is none before it.
    long firstLive(long from, long end) {
        long walked = Math.min(end, from + WALK_MAX);
        for (long offset = from; offset < walked; offset++) {
            if (find(offset) != NONE) {
                return offset;
            }
        }
        long first = end;
        if (walked < end && count > 0) {
            for (int row : index.entries()) {
                long offset = offset(row);
                if (offset >= walked && offset < first) {
                    first = offset;
                }
            }
        }
        return first;
    }

    private int lowOffset(int row) {
        return page(row).offset[row & PAGE_MASK];
    }

    // ---- columns

    long offset(int row) {
        return lowest + Integer.toUnsignedLong(lowOffset(row) - (int) lowest);
    }

    /// No live offset is before it any more.
    void lowestLive(long offset) {
        lowest = offset;
    }

    long due(int row) {
        return page(row).due[row & PAGE_MASK];
    }

    void due(int row, long ms) {
        page(row).due[row & PAGE_MASK] = ms;
    }

    int next(int row) {
        return page(row).next[row & PAGE_MASK];
    }

    void next(int row, int other) {
        page(row).next[row & PAGE_MASK] = other;
    }

    int prev(int row) {
        return page(row).prev[row & PAGE_MASK];
    }

    void prev(int row, int other) {
        page(row).prev[row & PAGE_MASK] = other;
    }

    /// Number of the row's ordered group, or [#NONE].
    int group(int row) {
        return page(row).group[row & PAGE_MASK];
    }

    void group(int row, int number) {
        page(row).group[row & PAGE_MASK] = number;
    }

    /// The lease that a leased row is out with.
    int lease(int row) {
        return page(row).lease[row & PAGE_MASK];
    }

    void lease(int row, int id) {
        page(row).lease[row & PAGE_MASK] = id;
    }

    private int bits(int row, int shift, int mask) {
        return (page(row).meta[row & PAGE_MASK] >>> shift) & mask;
    }

    private void bits(int row, int shift, int mask, int value) {
        int[] meta = page(row).meta;
        int at = row & PAGE_MASK;
        meta[at] = (meta[at] & ~(mask << shift)) | ((value & mask) << shift);
    }

    int failures(int row) {
        return bits(row, 0, (1 << FAILURES_BITS) - 1);
    }

    void failures(int row, int number) {
        bits(row, 0, (1 << FAILURES_BITS) - 1, number);
    }

    int priority(int row) {
        return bits(row, PRIORITY_SHIFT, 15);
    }

    void priority(int row, int value) {
        bits(row, PRIORITY_SHIFT, 15, value);
    }

    /// How far the row is set apart from others when it is delivered; see [Isolation].
    int isolation(int row) {
        return bits(row, ISOLATION_SHIFT, 3);
    }

    void isolation(int row, int level) {
        bits(row, ISOLATION_SHIFT, 3, level);
    }

    /// Where it is: [#READY], [#DELAYED], [#LEASED] or [#DOOMED].
    int place(int row) {
        return bits(row, PLACE_SHIFT, 7);
    }

    void place(int row, int place) {
        bits(row, PLACE_SHIFT, 7, place);
    }

    /// Whether the message expires some time; when, is kept elsewhere.
    boolean expires(int row) {
        return bits(row, EXPIRES_SHIFT, 1) == 1;
    }

    void expires(int row, boolean does) {
        bits(row, EXPIRES_SHIFT, 1, does ? 1 : 0);
    }

    /// Why a doomed row is one: the code of a [DeadReason].
    int reason(int row) {
        return bits(row, REASON_SHIFT, 7);
    }

    void reason(int row, int code) {
        bits(row, REASON_SHIFT, 7, code);
    }

    /// Whether there are notes on its failures.
    boolean noted(int row) {
        return bits(row, NOTED_SHIFT, 1) == 1;
    }

    void noted(int row, boolean is) {
        bits(row, NOTED_SHIFT, 1, is ? 1 : 0);
    }

    /// Whether it holds its place in its ordered group while it is delayed: it was out before.
    boolean holds(int row) {
        return bits(row, HOLDS_SHIFT, 1) == 1;
    }

    void holds(int row, boolean does) {
        bits(row, HOLDS_SHIFT, 1, does ? 1 : 0);
    }

    /// All rows, in the order of their offsets.
    int[] inOrder() {
        int[] all = index.entries();
        var keys = new long[all.length];
        for (int i = 0; i < all.length; i++) {
            keys[i] = ((offset(all[i]) - lowest) << Integer.SIZE) | all[i];
        }
        Arrays.sort(keys);
        for (int i = 0; i < all.length; i++) {
            all[i] = (int) keys[i];
        }
        return all;
    }
}
