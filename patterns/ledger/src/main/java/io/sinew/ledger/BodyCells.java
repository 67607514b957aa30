package io.sinew.ledger;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Byte strings in memory that is given out in cells of a fixed size, so that what goes makes room
/// for whatever comes, in whichever order; what is left of the last cell of each is lost. Cells are
/// made by pages, which grow old in the heap: the collector does not copy them again and again, as
/// it would as many objects that live for seconds.
final class BodyCells {
    /// No cell.
    static final int NONE = -1;

    static final int CELL_BYTES = 256;

    /// Small enough not to be an object of special size for the collector, whatever the heap.
    static final int PAGE_CELLS = 1 << 10;

    /// What a page takes, with its links.
    static final int PAGE_BYTES = PAGE_CELLS * (CELL_BYTES + Integer.BYTES);

    private final BodyRoom room;

    /// By number; null where there is none now.
    private final ArrayList<@Nullable Page> pages = new ArrayList<>();

    /// Numbers without a page.
    private final ArrayDeque<Integer> unused = new ArrayDeque<>();

    /// Pages that have cells to give, but for those that have been given back since.
    private final ArrayDeque<Page> open = new ArrayDeque<>();

    /// One that is empty stays, for the next string.
    private @Nullable Page spare;

    private int pageCount;
    private int freeCells;

    BodyCells(BodyRoom room) {
        this.room = room;
    }

    /// Some cells, and for each the next one of its string, or of those that are free.
    private static final class Page {
        final int number;
        final byte[] bytes = new byte[PAGE_CELLS * CELL_BYTES];
        final int[] next = new int[PAGE_CELLS];
        int firstFree;
        int freeCells = PAGE_CELLS;

        Page(int number) {
            this.number = number;
            Arrays.setAll(next, cell -> cell + 1 < PAGE_CELLS ? cell + 1 : NONE);
        }
    }

    /// What all pages take.
    long sizeBytes() {
        return (long) pageCount * PAGE_BYTES;
    }

    private Page page(int cell) {
        Page page = pages.get(cell / PAGE_CELLS);
        if (page == null) {
            throw new IndexOutOfBoundsException("no cell " + cell);
        }
        return page;
    }

    /// Stores the bytes up to a buffer's limit.
    ///
    /// @param bytes one at least; the position stays
    /// @return the first cell, or [#NONE] when there is no room for them
    int put(ByteBuffer bytes) {
        int size = bytes.limit();
        int count = Math.ceilDiv(size, CELL_BYTES);
        while (freeCells < count) {
            if (!room.takeFairly(PAGE_BYTES, sizeBytes())) {
                return NONE;
            }
            addPage();
        }
        int first = NONE;
        // From the end, so that each cell knows its next one.
        for (int index = count - 1; index >= 0; index--) {
            int from = index * CELL_BYTES;
            first = fill(bytes, from, Math.min(CELL_BYTES, size - from), first);
        }
        return first;
    }

    private void addPage() {
        Integer free = unused.poll();
        var page = new Page(free == null ? pages.size() : free);
        if (free == null) {
            pages.add(page);
        } else {
            pages.set(free, page);
        }
        open.push(page);
        pageCount++;
        freeCells += PAGE_CELLS;
    }

    private int fill(ByteBuffer bytes, int from, int size, int next) {
        Page page = open.element();
        int at = page.firstFree;
        page.firstFree = page.next[at];
        page.freeCells--;
        spare = page == spare ? null : spare;
        freeCells--;
        if (page.freeCells == 0) {
            open.remove();
        }
        bytes.get(from, page.bytes, at * CELL_BYTES, size);
        page.next[at] = next;
        return page.number * PAGE_CELLS + at;
    }

    /// Copies a string's first bytes, as many as there is room for, or all of its cells.
    void copyTo(byte[] bytes, int first) {
        int at = 0;
        for (int cell = first; cell != NONE && at < bytes.length; ) {
            Page page = page(cell);
            int size = Math.min(CELL_BYTES, bytes.length - at);
            System.arraycopy(page.bytes, cell % PAGE_CELLS * CELL_BYTES, bytes, at, size);
            at += size;
            cell = page.next[cell % PAGE_CELLS];
        }
    }

    /// Forgets a string.
    void free(int first) {
        for (int cell = first; cell != NONE; ) {
            Page page = page(cell);
            int at = cell % PAGE_CELLS;
            cell = page.next[at];
            page.next[at] = page.firstFree;
            page.firstFree = at;
            if (page.freeCells++ == 0) {
                open.add(page);
            }
            freeCells++;
            if (page.freeCells == PAGE_CELLS) {
                emptied(page);
            }
        }
    }

    private void emptied(Page page) {
        if (spare == null) {
            spare = page;
            return;
        }
        open.remove(page);
        pages.set(page.number, null);
        unused.push(page.number);
        pageCount--;
        freeCells -= PAGE_CELLS;
        room.giveBack(PAGE_BYTES);
    }

    /// Forgets everything.
    void clear() {
        room.giveBack(sizeBytes());
        pages.clear();
        unused.clear();
        open.clear();
        spare = null;
        pageCount = 0;
        freeCells = 0;
    }
}
