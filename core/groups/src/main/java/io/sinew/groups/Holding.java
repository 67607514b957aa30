package io.sinew.groups;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Where one member of a group of a new protocol stands on its way to its target: what it may work
/// on, what it has to give up, and since when. Immutable.
///
/// @param <T> what is shared out: partitions, or tasks
/// @param epoch the member's epoch as it was told; [#LEFT_FOR_A_WHILE] of a static member that is
///   away
/// @param previousEpoch the one before it. A heartbeat with this one is from a member that has not
///   got its last answer
/// @param assigned what it may work on, each with the epoch in which it was assigned (KIP-1251)
/// @param revoking what it has to give up first, each with the epoch in which it was assigned
public record Holding<T extends Comparable<T>>(
        int epoch,
        int previousEpoch,
        Step step,
        SortedMap<T, Integer> assigned,
        SortedMap<T, Integer> revoking) {

    /// The epoch with which a member joins, and of one that has not been answered yet.
    public static final int JOINING = 0;

    /// The epoch with which a member leaves.
    public static final int LEAVING = -1;

    /// The epoch with which a static member leaves that will come back.
    public static final int LEFT_FOR_A_WHILE = -2;

    /// How far a member is.
    public enum Step {
        /// It has its target.
        STABLE,
        /// It has to give something up, and keeps its epoch until it has.
        REVOKING,
        /// It is in the target's epoch, and some of its target is still with others.
        WAITING
    }

    public Holding {
        assigned = Collections.unmodifiableSortedMap(new TreeMap<>(assigned));
        revoking = Collections.unmodifiableSortedMap(new TreeMap<>(revoking));
    }

    /// Of a member that has just come.
    static <T extends Comparable<T>> Holding<T> none() {
        return new Holding<>(
                JOINING,
                JOINING,
                Step.STABLE,
                new TreeMap<T, Integer>(),
                new TreeMap<T, Integer>());
    }

    boolean holds(T unit) {
        return assigned.containsKey(unit) || revoking.containsKey(unit);
    }

    /// Whether a member may go on from the epoch that it believes to be in. The one before the
    /// present one is that of a member whose answer was lost, if it works on nothing that it should
    /// not.
    ///
    /// @param owned what it says it works on; null when it does not say
    boolean accepts(int claimedEpoch, @Nullable Set<T> owned) {
        if (claimedEpoch == JOINING || claimedEpoch == epoch) {
            return true;
        }
        return claimedEpoch < epoch
                && claimedEpoch == previousEpoch
                && owned != null
                && assigned.keySet().containsAll(owned);
    }

    /// Nothing to do for a member until the target is another one.
    boolean isReconciledTo(int targetEpoch) {
        return step == Step.STABLE && epoch == targetEpoch;
    }

    /// The same for a static member that is away, or for its successor under another id: whatever
    /// it holds counts as assigned from the beginning.
    Holding<T> inEpoch(int newEpoch) {
        var fromTheBeginning = new TreeMap<T, Integer>(assigned);
        fromTheBeginning.replaceAll((_, _) -> JOINING);
        return new Holding<>(
                newEpoch, previousEpoch, step, fromTheBeginning, new TreeMap<T, Integer>());
    }
}
