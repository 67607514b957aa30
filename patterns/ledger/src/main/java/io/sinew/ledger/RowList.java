package io.sinew.ledger;

/// A list of rows, linked through their `next` and `prev`. A row is in one list at a time.
final class RowList {
    private int head = Rows.NONE;
    private int tail = Rows.NONE;
    private int count;

    int head() {
        return head;
    }

    int count() {
        return count;
    }

    boolean isEmpty() {
        return head == Rows.NONE;
    }

    void addLast(Rows rows, int row) {
        insertAfter(rows, tail, row);
    }

    /// Puts a row behind the last one that has a smaller offset; looked for from the end that is
    /// nearer, for what was out belongs near the front and what is new near the end.
    void addInOrder(Rows rows, int row) {
        long offset = rows.offset(row);
        if (tail == Rows.NONE || rows.offset(tail) < offset) {
            addLast(rows, row);
            return;
        }
        int before = Rows.NONE;
        if (offset - rows.offset(head) < rows.offset(tail) - offset) {
            for (int at = head; rows.offset(at) < offset; at = rows.next(at)) {
                before = at;
            }
        } else {
            before = rows.prev(tail);
            while (before != Rows.NONE && rows.offset(before) > offset) {
                before = rows.prev(before);
            }
        }
        insertAfter(rows, before, row);
    }

    private void insertAfter(Rows rows, int before, int row) {
        int after = before == Rows.NONE ? head : rows.next(before);
        rows.prev(row, before);
        rows.next(row, after);
        if (before == Rows.NONE) {
            head = row;
        } else {
            rows.next(before, row);
        }
        if (after == Rows.NONE) {
            tail = row;
        } else {
            rows.prev(after, row);
        }
        count++;
    }

    void remove(Rows rows, int row) {
        int before = rows.prev(row);
        int after = rows.next(row);
        if (before == Rows.NONE) {
            head = after;
        } else {
            rows.next(before, after);
        }
        if (after == Rows.NONE) {
            tail = before;
        } else {
            rows.prev(after, before);
        }
        rows.next(row, Rows.NONE);
        rows.prev(row, Rows.NONE);
        count--;
    }
}
