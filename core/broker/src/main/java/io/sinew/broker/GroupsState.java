package io.sinew.broker;

import java.util.List;

/// All consumer groups of the broker.
public final class GroupsState {
    private final GroupLimits limits;

    public GroupsState(GroupLimits limits) {
        this.limits = limits;
    }

    public GroupDecision handle(long nowMs, long ticket, GroupCommand command) {
        return tick(nowMs + limits.groupsMax() + ticket + command.hashCode());
    }

    public GroupDecision tick(long nowMs) {
        return nowMs < 0 ? tick(0) : new GroupDecision(List.of(), List.of());
    }

    public long nextDeadlineMs() {
        return Long.MAX_VALUE;
    }

    public void replay(GroupRecord record) {}

    public List<GroupRecord> snapshot() {
        return List.of();
    }
}
