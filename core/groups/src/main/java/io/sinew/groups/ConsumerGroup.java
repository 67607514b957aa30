package io.sinew.groups;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A consumer group (KIP-848) as its records left it. Only [#apply] changes it; decisions are made
/// on a [ConsumerGroupDraft].
final class ConsumerGroup {
    private final String groupId;
    private GroupRecord.Epochs epochs = new GroupRecord.Epochs(0, 0, 0, 0);
    private final Map<String, ConsumerMember> members = new TreeMap<>();
    private final Map<String, String> memberIdByInstance = new HashMap<>();

    /// Who holds a partition, be it that it has to give it up.
    private final Map<GroupPartition, String> holders = new HashMap<>();

    ConsumerGroup(String groupId) {
        this.groupId = groupId;
    }

    String groupId() {
        return groupId;
    }

    GroupRecord.Epochs epochs() {
        return epochs;
    }

    /// By member id; not to be changed.
    Collection<ConsumerMember> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    @Nullable ConsumerMember member(String memberId) {
        return members.get(memberId);
    }

    /// The id under which a static member is known.
    @Nullable String memberIdOf(String instanceId) {
        return memberIdByInstance.get(instanceId);
    }

    @Nullable String holder(GroupPartition partition) {
        return holders.get(partition);
    }

    void apply(GroupRecord.ConsumerGroupChanged changed) {
        epochs = changed.epochs();
        changed.left().forEach(this::remove);
        for (GroupRecord.SaidByMember said : changed.said()) {
            ConsumerMember before = members.get(said.memberId());
            members.put(
                    said.memberId(),
                    before == null ? ConsumerMember.joining(said) : before.saying(said));
            if (said.instanceId() != null) {
                memberIdByInstance.put(said.instanceId(), said.memberId());
            }
        }
        for (GroupRecord.Target target : changed.targets()) {
            members.computeIfPresent(
                    target.memberId(), (_, member) -> member.withTarget(target.partitions()));
        }
        for (GroupRecord.MemberHolding moved : changed.holdings()) {
            ConsumerMember member = members.get(moved.memberId());
            if (member != null) {
                release(member);
                members.put(moved.memberId(), member.holding(moved.holding()));
                moved.holding().assigned().keySet().forEach(p -> holders.put(p, moved.memberId()));
                moved.holding().revoking().keySet().forEach(p -> holders.put(p, moved.memberId()));
            }
        }
    }

    private void remove(String memberId) {
        ConsumerMember gone = members.remove(memberId);
        if (gone != null) {
            release(gone);
            if (gone.said().instanceId() != null) {
                memberIdByInstance.remove(gone.said().instanceId(), memberId);
            }
        }
    }

    private void release(ConsumerMember member) {
        member.holding().assigned().keySet().forEach(p -> holders.remove(p, member.memberId()));
        member.holding().revoking().keySet().forEach(p -> holders.remove(p, member.memberId()));
    }

    /// The record that, replayed into nothing, gives this.
    GroupRecord.ConsumerGroupChanged stored() {
        var said = new ArrayList<GroupRecord.SaidByMember>();
        var targets = new ArrayList<GroupRecord.Target>();
        var holdings = new ArrayList<GroupRecord.MemberHolding>();
        for (ConsumerMember member : members.values()) {
            said.add(member.said());
            targets.add(new GroupRecord.Target(member.memberId(), member.target()));
            holdings.add(new GroupRecord.MemberHolding(member.memberId(), member.holding()));
        }
        return new GroupRecord.ConsumerGroupChanged(
                groupId, epochs, said, targets, holdings, List.of());
    }
}
