package io.sinew.ledger;

import org.jspecify.annotations.Nullable;

/// The ordered groups of one priority that have something to give, each in its turn.
final class GroupRing {
    private final int priority;
    private @Nullable OrderedGroup first;
    private int count;

    GroupRing(int priority) {
        this.priority = priority;
    }

    /// Whose turn it is.
    @Nullable OrderedGroup first() {
        return first;
    }

    int count() {
        return count;
    }

    /// Puts a group where its turn comes last.
    void add(OrderedGroup group) {
        OrderedGroup head = first;
        if (head == null) {
            group.next = group;
            group.prev = group;
            first = group;
        } else {
            OrderedGroup last = head.prev;
            group.next = head;
            group.prev = last;
            if (last != null) {
                last.next = group;
            }
            head.prev = group;
        }
        group.ringPriority = priority;
        count++;
    }

    void remove(OrderedGroup group) {
        OrderedGroup before = group.prev;
        OrderedGroup after = group.next;
        if (after == group || after == null || before == null) {
            first = null;
        } else {
            before.next = after;
            after.prev = before;
            if (first == group) {
                first = after;
            }
        }
        group.next = null;
        group.prev = null;
        group.ringPriority = -1;
        count--;
    }
}
