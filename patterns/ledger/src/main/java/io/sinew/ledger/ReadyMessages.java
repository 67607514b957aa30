package io.sinew.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The messages that may be delivered now, and who is next: the highest priority first, though a
/// priority that is never served counts one more now and then; within a priority, messages without
/// a group and the groups in turn; of a group, the first. All in constant time, however many wait.
///
/// Nothing here is written down: it follows from the rows.
final class ReadyMessages {
    private static final int PRIORITIES = MessageHeaders.PRIORITY_MAX + 1;

    private final Rows rows;
    private final int groupConcurrency;
    private final long agingMs;
    private final RowList[] plain = new RowList[PRIORITIES];
    private final GroupRing[] rings = new GroupRing[PRIORITIES];

    /// When each priority was served last, or began to wait.
    private final long[] servedMs = new long[PRIORITIES];

    /// Whether the groups' turn is next, by priority.
    private final boolean[] groupsNext = new boolean[PRIORITIES];

    private final Map<Long, OrderedGroup> groups = new HashMap<>();
    private final List<OrderedGroup> byNumber = new ArrayList<>();
    private final List<Integer> freeNumbers = new ArrayList<>();
    private int count;
    private int deliverable;

    ReadyMessages(Rows rows, LedgerSettings settings) {
        this.rows = rows;
        this.groupConcurrency = settings.groupConcurrency();
        this.agingMs = settings.agingMs();
        for (int priority = 0; priority < PRIORITIES; priority++) {
            plain[priority] = new RowList();
            rings[priority] = new GroupRing(priority);
        }
    }

    /// Messages that wait and are due, those behind the first of their group included.
    int count() {
        return count;
    }

    /// Messages that could all go out now: of those that [#count] has, the ones that do not wait
    /// for others of their group.
    int deliverable() {
        return deliverable;
    }

    int groupCount() {
        return groups.size();
    }

    // ---- groups

    /// Makes a row one of a group's.
    ///
    /// @param hash 0 for none
    void join(int row, long hash) {
        if (hash == 0) {
            return;
        }
        OrderedGroup group = groups.computeIfAbsent(hash, this::newGroup);
        group.live++;
        rows.group(row, group.number);
    }

    private OrderedGroup newGroup(long hash) {
        if (freeNumbers.isEmpty()) {
            var group = new OrderedGroup(hash, byNumber.size());
            byNumber.add(group);
            return group;
        }
        var group = new OrderedGroup(hash, freeNumbers.removeLast());
        byNumber.set(group.number, group);
        return group;
    }

    /// The hash of a row's group, 0 for none.
    long groupHash(int row) {
        int number = rows.group(row);
        return number == Rows.NONE ? 0 : byNumber.get(number).hash;
    }

    /// A row of a group is no more.
    void leave(int row) {
        int number = rows.group(row);
        if (number == Rows.NONE) {
            return;
        }
        OrderedGroup group = byNumber.get(number);
        group.live--;
        if (group.live == 0) {
            groups.remove(group.hash);
            freeNumbers.add(number);
        }
    }

    /// A row goes out, or stays behind for another try: it holds a place of its group.
    void holdPlace(int row) {
        int number = rows.group(row);
        if (number != Rows.NONE) {
            OrderedGroup group = byNumber.get(number);
            group.out++;
            settle(group);
        }
    }

    /// It does not any more.
    void givePlace(int row) {
        int number = rows.group(row);
        if (number != Rows.NONE) {
            OrderedGroup group = byNumber.get(number);
            group.out--;
            settle(group);
        }
    }

    // ---- waiting

    /// A row may be delivered from now on.
    void add(int row, long nowMs) {
        count++;
        int number = rows.group(row);
        if (number == Rows.NONE) {
            int priority = rows.priority(row);
            beginsToWait(priority, nowMs);
            plain[priority].addLast(rows, row);
            deliverable++;
            return;
        }
        OrderedGroup group = byNumber.get(number);
        group.waiting.addInOrder(rows, row);
        int head = group.waiting.head();
        beginsToWait(rows.priority(head), nowMs);
        settle(group);
    }

    private void beginsToWait(int priority, long nowMs) {
        if (plain[priority].isEmpty() && rings[priority].count() == 0) {
            servedMs[priority] = nowMs;
        }
    }

    /// A row that waits is not to be delivered.
    void remove(int row) {
        count--;
        int number = rows.group(row);
        if (number == Rows.NONE) {
            plain[rows.priority(row)].remove(rows, row);
            deliverable--;
            return;
        }
        OrderedGroup group = byNumber.get(number);
        group.waiting.remove(rows, row);
        settle(group);
    }

    /// Puts a group where it belongs: into the ring of its head's priority, or into none.
    private void settle(OrderedGroup group) {
        int places = Math.max(0, groupConcurrency - group.out);
        int giving = Math.min(places, group.waiting.count());
        deliverable += giving - group.deliverable;
        group.deliverable = giving;
        boolean gives = giving > 0;
        int priority = gives ? rows.priority(group.waiting.head()) : -1;
        if (group.ringPriority == priority) {
            return;
        }
        if (group.isInRing()) {
            rings[group.ringPriority].remove(group);
        }
        if (gives) {
            rings[priority].add(group);
        }
    }

    // ---- who is next

    /// The row whose turn it is, or [Rows#NONE].
    int next(long nowMs) {
        int priority = nextPriority(nowMs);
        if (priority < 0) {
            return Rows.NONE;
        }
        OrderedGroup group = rings[priority].first();
        RowList alone = plain[priority];
        boolean fromGroup = group != null && (groupsNext[priority] || alone.isEmpty());
        return fromGroup && group != null ? group.waiting.head() : alone.head();
    }

    private int nextPriority(long nowMs) {
        int best = -1;
        long bestRank = Long.MIN_VALUE;
        for (int priority = PRIORITIES - 1; priority >= 0; priority--) {
            if (plain[priority].isEmpty() && rings[priority].count() == 0) {
                continue;
            }
            long rank = priority + (nowMs - servedMs[priority]) / agingMs;
            if (rank > bestRank) {
                best = priority;
                bestRank = rank;
            }
        }
        return best;
    }

    /// The row that [#next] has named goes out.
    void take(int row, long nowMs) {
        int priority = rows.priority(row);
        servedMs[priority] = nowMs;
        int number = rows.group(row);
        groupsNext[priority] = number == Rows.NONE;
        OrderedGroup group = number == Rows.NONE ? null : byNumber.get(number);
        if (group != null && group.isInRing()) {
            // Its turn is over, also if it has more to give.
            GroupRing ring = rings[group.ringPriority];
            ring.remove(group);
            ring.add(group);
        }
        remove(row);
        holdPlace(row);
    }
}
