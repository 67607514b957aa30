package io.sinew.ledger;

import org.jspecify.annotations.Nullable;

/// An ordered group: its messages that wait, in order, and how many are out.
final class OrderedGroup {
    final long hash;

    /// The number by which rows name it.
    final int number;

    final RowList waiting = new RowList();

    /// Messages that are leased, or wait for another try: they hold their place.
    int out;

    /// Messages of the group that are live, wherever they are.
    int live;

    /// Messages that wait and that nothing of the group holds up.
    int deliverable;

    // Its place in the ring of its priority, if it is in one.
    @Nullable OrderedGroup next;
    @Nullable OrderedGroup prev;
    int ringPriority = -1;

    OrderedGroup(long hash, int number) {
        this.hash = hash;
        this.number = number;
    }

    boolean isInRing() {
        return ringPriority >= 0;
    }
}
