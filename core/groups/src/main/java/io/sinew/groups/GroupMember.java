package io.sinew.groups;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A member of a group that is being coordinated. Changed by [GroupRoster] and [GroupRebalance].
final class GroupMember {
    final String memberId;

    /// Null for a dynamic member.
    final @Nullable String instanceId;

    final String clientId;
    final String clientHost;
    int sessionTimeoutMs;
    int rebalanceTimeoutMs;

    /// In order of preference, no name twice.
    List<GroupCommand.Protocol> protocols;

    GroupBytes assignment = GroupBytes.EMPTY;

    /// Has not seen a rebalance complete yet. Such a member can't send heartbeats, for it may not
    /// even know its id, and its parked join is not kept for ever.
    boolean fresh;

    /// The present generation was announced to it and it has not asked for its assignment yet.
    boolean syncDue;

    private long sessionEndsMs;
    private @Nullable Long joinTicket;
    private @Nullable Long syncTicket;

    private GroupMember(GroupRecord.StoredMember as) {
        this.memberId = as.memberId();
        this.instanceId = as.instanceId();
        this.clientId = as.clientId();
        this.clientHost = as.clientHost();
        this.sessionTimeoutMs = as.sessionTimeoutMs();
        this.rebalanceTimeoutMs = as.rebalanceTimeoutMs();
        this.protocols = as.protocols();
        this.assignment = as.assignment();
    }

    /// A member as it was stored. Its session begins with the first [#renew].
    static GroupMember restored(GroupRecord.StoredMember stored) {
        return new GroupMember(stored);
    }

    /// A member as it introduces itself.
    static GroupMember joining(String memberId, GroupCommand.Join join) {
        var seen = new HashSet<String>();
        List<GroupCommand.Protocol> protocols =
                join.protocols().stream().filter(protocol -> seen.add(protocol.name())).toList();
        return restored(
                new GroupRecord.StoredMember(
                        memberId,
                        join.instanceId(),
                        join.clientId(),
                        join.clientHost(),
                        join.sessionTimeoutMs(),
                        Math.max(0, join.rebalanceTimeoutMs()),
                        protocols,
                        GroupBytes.EMPTY));
    }

    GroupRecord.StoredMember stored() {
        return new GroupRecord.StoredMember(
                memberId,
                instanceId,
                clientId,
                clientHost,
                sessionTimeoutMs,
                rebalanceTimeoutMs,
                protocols,
                assignment);
    }

    boolean isStatic() {
        return instanceId != null;
    }

    /// What the member said with this protocol; nothing if it does not know the protocol.
    GroupBytes metadata(@Nullable String protocolName) {
        for (GroupCommand.Protocol protocol : protocols) {
            if (protocol.name().equals(protocolName)) {
                return protocol.metadata();
            }
        }
        return GroupBytes.EMPTY;
    }

    Set<String> protocolNames() {
        return protocols.stream().map(GroupCommand.Protocol::name).collect(Collectors.toSet());
    }

    /// The end of the session is `timeoutMs` away from now.
    void keepFor(long nowMs, int timeoutMs) {
        sessionEndsMs = nowMs + timeoutMs;
    }

    /// The member has shown that it lives.
    void renew(long nowMs) {
        keepFor(nowMs, sessionTimeoutMs);
    }

    /// When the member counts as dead. One whose request is parked is known to live, except while
    /// it is [#fresh].
    long expiresAtMs() {
        boolean parked = joinTicket != null || syncTicket != null;
        return parked && !fresh ? Long.MAX_VALUE : sessionEndsMs;
    }

    boolean isJoining() {
        return joinTicket != null;
    }

    /// Parks a join.
    ///
    /// @return the ticket of the one that was parked before, if any
    @Nullable Long parkJoin(long ticket) {
        Long before = joinTicket;
        joinTicket = ticket;
        return before;
    }

    @Nullable Long unparkJoin() {
        Long ticket = joinTicket;
        joinTicket = null;
        return ticket;
    }

    /// As [#parkJoin].
    @Nullable Long parkSync(long ticket) {
        Long before = syncTicket;
        syncTicket = ticket;
        return before;
    }

    @Nullable Long unparkSync() {
        Long ticket = syncTicket;
        syncTicket = null;
        return ticket;
    }
}
