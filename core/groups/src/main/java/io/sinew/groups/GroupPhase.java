package io.sinew.groups;

/// Where a group stands. What Kafka calls the group's state; "state" here means the state machine.
public enum GroupPhase {
    /// No members; perhaps offsets.
    EMPTY("Empty"),
    /// Collecting the members' joins.
    PREPARING_REBALANCE("PreparingRebalance"),
    /// The members of the new generation are known; the leader's assignment is not.
    COMPLETING_REBALANCE("CompletingRebalance"),
    /// Every member has, or can have, its assignment.
    STABLE("Stable"),
    /// Of a consumer group: its targets are yet to be computed.
    ASSIGNING("Assigning"),
    /// Of a consumer group: members are on their way to their targets.
    RECONCILING("Reconciling"),
    /// Of a streams group: topics are missing that its application needs.
    NOT_READY("NotReady"),
    /// There is no such group. Only an answer, never the phase of a group that exists.
    DEAD("Dead");

    private final String wireName;

    GroupPhase(String wireName) {
        this.wireName = wireName;
    }

    /// The name that `ListGroups` and `DescribeGroups` use.
    public String wireName() {
        return wireName;
    }
}
