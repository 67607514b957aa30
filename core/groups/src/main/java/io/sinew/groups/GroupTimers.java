package io.sinew.groups;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// When each group wants to be looked at next. A group may ask to be looked at too early, never too
/// late: a heartbeat only moves deadlines away, and need not touch anything here.
final class GroupTimers {
    private record Due(long atMs, String groupId) {}

    private final Map<String, Due> byGroup = new HashMap<>();
    private final TreeSet<Due> inOrder =
            new TreeSet<>(Comparator.comparingLong(Due::atMs).thenComparing(Due::groupId));

    /// Replaces what the group asked for before; `Long.MAX_VALUE` is never.
    void set(String groupId, long atMs) {
        Due before = byGroup.get(groupId);
        if (before != null && before.atMs() == atMs) {
            return;
        }
        clear(groupId);
        if (atMs != Long.MAX_VALUE) {
            var due = new Due(atMs, groupId);
            byGroup.put(groupId, due);
            inOrder.add(due);
        }
    }

    void clear(String groupId) {
        Due before = byGroup.remove(groupId);
        if (before != null) {
            inOrder.remove(before);
        }
    }

    /// The groups that asked for `nowMs` or earlier, the earliest first.
    List<String> due(long nowMs) {
        var due = new ArrayList<String>();
        for (Due next : inOrder) {
            if (next.atMs() > nowMs) {
                break;
            }
            due.add(next.groupId());
        }
        return due;
    }

    /// `Long.MAX_VALUE` when no group asked.
    long firstMs() {
        return inOrder.isEmpty() ? Long.MAX_VALUE : inOrder.first().atMs();
    }
}
