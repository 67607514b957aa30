package io.sinew.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a shard decided and has not written yet, in groups that are written one after the other.
/// Under the shard's lock.
final class PendingGroups {
    private final ArrayDeque<CommitGroup> full = new ArrayDeque<>();
    private @Nullable CommitGroup filling;

    /// Adds a change to the last group, or to a new one if that has enough.
    CommitGroup add(LedgerOp op) {
        CommitGroup group = filling;
        if (group == null || group.sizeBytes() >= LedgerShard.GROUP_BYTES) {
            endGroup();
            group = new CommitGroup();
            filling = group;
        }
        group.add(op);
        return group;
    }

    /// Adds a group that nothing else goes into.
    void add(CommitGroup group) {
        endGroup();
        full.add(group);
    }

    /// Ends all groups: what they decided was of messages that are forgotten after them. Those with
    /// a condition are written later, if that still holds then.
    ///
    /// @param ingestedTo as of now
    void endAt(long ingestedTo) {
        endGroup();
        for (CommitGroup group : full) {
            if (group.condition().isEmpty()) {
                group.endAt(ingestedTo);
            }
        }
    }

    private void endGroup() {
        if (filling != null) {
            full.add(filling);
            filling = null;
        }
    }

    boolean isEmpty() {
        return filling == null && full.isEmpty();
    }

    /// Takes all of them.
    List<CommitGroup> take() {
        endGroup();
        var groups = new ArrayList<CommitGroup>(full);
        full.clear();
        return groups;
    }
}
