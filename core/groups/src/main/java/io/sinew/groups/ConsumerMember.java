package io.sinew.groups;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// A member of a consumer group. Immutable.
///
/// @param said what it has said about itself
/// @param target what it shall have
/// @param holding where it stands
record ConsumerMember(
        GroupRecord.SaidByMember said,
        SortedSet<GroupPartition> target,
        Holding<GroupPartition> holding) {

    private static final SortedSet<GroupPartition> NOTHING =
            Collections.unmodifiableSortedSet(new TreeSet<>());

    /// A member that has just come.
    static ConsumerMember joining(GroupRecord.SaidByMember said) {
        return new ConsumerMember(said, NOTHING, Holding.none());
    }

    String memberId() {
        return said.memberId();
    }

    int epoch() {
        return holding.epoch();
    }

    boolean speaksClassic() {
        return said.classic() != null;
    }

    ConsumerMember saying(GroupRecord.SaidByMember newlySaid) {
        return new ConsumerMember(newlySaid, target, holding);
    }

    ConsumerMember withTarget(SortedSet<GroupPartition> newTarget) {
        return new ConsumerMember(said, newTarget, holding);
    }

    ConsumerMember holding(Holding<GroupPartition> newHolding) {
        return new ConsumerMember(said, target, newHolding);
    }
}
