package io.sinew.groups;

import io.sinew.base.Check;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who is in a group, and what they can agree on. The members are kept in the order in which they
/// came.
final class GroupRoster {
    private final Map<String, GroupMember> members = new LinkedHashMap<>();
    private final Map<String, GroupMember> byInstanceId = new HashMap<>();

    /// How many members know a protocol, by its name.
    private final Map<String, Integer> supporters = new HashMap<>();

    /// Member ids handed out and not used yet, with the time at which they lapse (KIP-394).
    private final Map<String, Long> pending = new LinkedHashMap<>();

    private int joiningCount;

    void add(GroupMember member) {
        Check.that(members.put(member.memberId, member) == null, "a member id is used once");
        if (member.instanceId != null) {
            Check.that(
                    byInstanceId.put(member.instanceId, member) == null,
                    "a group instance id has one member");
        }
        count(member, 1);
    }

    /// Removes a member none of whose requests is parked.
    void remove(GroupMember member) {
        Check.that(!member.isJoining(), "a parked join is answered before its member goes");
        members.remove(member.memberId);
        if (member.instanceId != null) {
            byInstanceId.remove(member.instanceId);
        }
        count(member, -1);
    }

    /// Takes over what a member says about itself in a join.
    void update(GroupMember member, GroupCommand.Join join) {
        GroupMember said = GroupMember.joining(member.memberId, join);
        count(member, -1);
        member.protocols = said.protocols;
        member.sessionTimeoutMs = said.sessionTimeoutMs;
        member.rebalanceTimeoutMs = said.rebalanceTimeoutMs;
        count(member, 1);
    }

    /// Parks a member's join.
    ///
    /// @return the ticket of the one that was parked before, if any
    @Nullable Long parkJoin(GroupMember member, long ticket) {
        if (!member.isJoining()) {
            joiningCount++;
        }
        return member.parkJoin(ticket);
    }

    @Nullable Long unparkJoin(GroupMember member) {
        if (member.isJoining()) {
            joiningCount--;
        }
        return member.unparkJoin();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    int size() {
        return members.size();
    }

    /// Members whose join is parked.
    int joiningCount() {
        return joiningCount;
    }

    /// Nobody is missing: not a member, and not one that was promised a place.
    boolean allJoined() {
        return joiningCount == members.size() && pending.isEmpty();
    }

    /// Not to be changed while it is walked through.
    Collection<GroupMember> members() {
        return members.values();
    }

    List<GroupMember> missing() {
        return members.values().stream().filter(member -> !member.isJoining()).toList();
    }

    @Nullable GroupMember member(String memberId) {
        return members.get(memberId);
    }

    @Nullable GroupMember memberOf(@Nullable String instanceId) {
        return instanceId == null ? null : byInstanceId.get(instanceId);
    }

    Map<String, Long> pending() {
        return pending;
    }

    int rebalanceTimeoutMaxMs() {
        return members.values().stream().mapToInt(m -> m.rebalanceTimeoutMs).max().orElse(0);
    }

    /// Whether all members could agree on a protocol if one with these came.
    ///
    /// @param instead the member whose place it would take; null when it would be one more
    boolean supports(List<GroupCommand.Protocol> protocols, @Nullable GroupMember instead) {
        int others = instead == null ? members.size() : members.size() - 1;
        Set<String> known = instead == null ? Set.of() : instead.protocolNames();
        return protocols.stream()
                .map(GroupCommand.Protocol::name)
                .anyMatch(name -> {
                    int own = known.contains(name) ? 1 : 0;
                    return supporters.getOrDefault(name, 0) - own == others;
                });
    }

    /// The protocol of the next generation: of those that every member knows, the one that most
    /// members prefer, and of these the first by name.
    String choose() {
        Set<String> candidates = new HashSet<>();
        supporters.forEach((name, count) -> {
            if (count == members.size()) {
                candidates.add(name);
            }
        });
        var votes = new HashMap<String, Integer>();
        for (GroupMember member : members.values()) {
            member.protocols.stream()
                    .map(GroupCommand.Protocol::name)
                    .filter(candidates::contains)
                    .findFirst()
                    .ifPresent(name -> votes.merge(name, 1, Integer::sum));
        }
        return votes.entrySet().stream()
                .max(
                        Map.Entry.<String, Integer>comparingByValue()
                                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .orElseThrow()
                .getKey();
    }

    private void count(GroupMember member, int change) {
        for (GroupCommand.Protocol protocol : member.protocols) {
            supporters.merge(
                    protocol.name(), change, (before, by) -> before + by == 0 ? null : before + by);
        }
    }
}
